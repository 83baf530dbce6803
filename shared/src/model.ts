import { z } from 'zod';
import type { Settings } from './settings.ts';
import { BackendId, Scale } from './task.ts';

/** The model where nobody chose one. */
export const defaultModels = { local: 'fast', topaz: 'prob-4', 'topaz-desktop': 'prob-4' } as const satisfies Record<
  BackendId,
  string
>;

/** The model that is none: frames keep their size. */
export const noModel = 'none';

/** What a task asks for to become a flat-log export: a look instead of a model. */
export const flatExport = { scale: 1, model: noModel, backend: 'local', look: { id: 'flat' } } as const;

/** The model of the settings, unless it is one of the other backend's. */
export function usualModel(backend: BackendId, settings: Pick<Settings, 'backend' | 'model'>): string {
  const fits = backend === settings.backend && (backend === 'local' || settings.model !== defaultModels.local);
  return fits ? settings.model : defaultModels[backend];
}

/** Name of a model in commands, settings and file names. */
export const ModelId = z
  .string()
  .max(60)
  .regex(/^[a-z\d][a-z\d._-]*$/, 'small letters, digits, dots, hyphens and underscores');

/** A catalogue entry as clients see it: a model that is here, or one that can be downloaded. */
export const Model = z.object({
  id: z.string(),
  name: z.string(),
  backend: BackendId,
  purpose: z.string(),
  scales: z.array(Scale),
  licence: z.string(),
  /** Where it is from, in words: Uprez itself, a folder, a file, a server. */
  origin: z.string(),
  /** Is everything that the model needs on this machine? */
  ready: z.boolean(),
  /** What `pullModel` would download; null where that is not what the model lacks. */
  downloadBytes: z.int().positive().nullable(),
  /** Did the user add or download it? Then `removeModel` takes it away again. */
  removable: z.boolean().default(false),
});
export type Model = z.infer<typeof Model>;

/** Everything about one model. */
export const ModelDetails = Model.extend({
  copyright: z.string().nullable(),
  licenceText: z.string().nullable(),
  /** The weights as their authors published them. */
  published: z.object({ url: z.string(), sha256: z.string(), bytes: z.int() }).nullable(),
  /** The weights on this machine. */
  file: z.string().nullable(),
  /** Digest of that file when it came; null where nobody keeps one. */
  sha256: z.string().nullable(),
  addedAt: z.number().nullable(),
  /** What was found out about the network when it was added. */
  traits: z.record(z.string(), z.json()).nullable(),
});
export type ModelDetails = z.infer<typeof ModelDetails>;

/** How far a download is. */
export const ModelPull = z.object({
  stage: z.enum(['download', 'prove', 'convert', 'inspect']),
  bytesDone: z.int().nonnegative(),
  bytesTotal: z.int().positive(),
});
export type ModelPull = z.infer<typeof ModelPull>;
