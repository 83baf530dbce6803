import { fileURLToPath } from 'node:url';

/** The models that come with Uprez. */
export const modelsFolder = fileURLToPath(new URL('../../../models', import.meta.url));
