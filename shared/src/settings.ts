import { z } from 'zod';
import { BackendId, Scale } from './task.ts';

/** What a user can change while the daemon runs. Adding one: a field here and a form control. */
export const Settings = z.object({
  model: z.string().min(1).max(100).default('fast'),
  backend: BackendId.default('local'),
  scale: Scale.default(2),
  /** Absolute folder for results; null = beside the source. */
  outputFolder: z.string().min(1).max(4096).nullable().default(null),
  handles: z.int().min(0).max(1000).default(0),
  /** The queue starts nothing while paused. */
  paused: z.boolean().default(false),
  /** Days after which ended jobs leave the list; results on disk are never deleted. */
  keepDays: z.int().min(1).max(3650).default(90),
});
export type Settings = z.infer<typeof Settings>;

export const SettingsPatch = z
  .object({
    model: z.string().min(1).max(100),
    backend: BackendId,
    scale: Scale,
    outputFolder: z.string().min(1).max(4096).nullable(),
    handles: z.int().min(0).max(1000),
    paused: z.boolean(),
    keepDays: z.int().min(1).max(3650),
  })
  .partial()
  .strict();
export type SettingsPatch = z.infer<typeof SettingsPatch>;
