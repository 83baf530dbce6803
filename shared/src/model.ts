import { z } from 'zod';
import { BackendId, Scale } from './task.ts';

/** The model where nobody chose one. */
export const defaultModels = { local: 'fast', topaz: 'prob-4' } as const satisfies Record<BackendId, string>;

/** A catalogue entry as clients see it. */
export const Model = z.object({
  id: z.string(),
  name: z.string(),
  backend: BackendId,
  purpose: z.string(),
  scales: z.array(Scale),
  licence: z.string(),
  /** Is everything that the model needs on this machine? */
  ready: z.boolean(),
});
export type Model = z.infer<typeof Model>;
