import { z } from 'zod';
import { LookId } from './look.ts';
import { BackendId, Enlargement } from './task.ts';

/** What a user can change while the daemon runs. Adding one: a field here and a form control. */
export const Settings = z.object({
  model: z.string().min(1).max(100).default('fast'),
  backend: BackendId.default('local'),
  scale: Enlargement.default(2),
  /** Absolute folder for results; null = beside the source. */
  outputFolder: z.string().min(1).max(4096).nullable().default(null),
  handles: z.int().min(0).max(1000).default(0),
  /** The look that panel and dashboard offer first: the one that was used last. */
  look: LookId.default('none'),
  /** Where results for clips of a timeline go: above the clip, in its place everywhere, or in the bin and no further. */
  delivery: z.enum(['above', 'relink', 'bin']).default('above'),
  /** Clips that have got a result above them are disabled. */
  disableOriginal: z.boolean().default(false),
  /** Colours of the dashboard; the panel has those of its host. */
  theme: z.enum(['darkest', 'dark', 'light']).default('darkest'),
  /** Credits that a job, and all jobs of a day, may cost without the user being asked; 0 = always ask. */
  spendPerJob: z.number().min(0).max(1e6).default(0),
  spendPerDay: z.number().min(0).max(1e6).default(0),
  /** What a cloud service returns: finished ProRes, or H.265 that downloads faster and becomes ProRes here. */
  cloudResult: z.enum(['prores', 'h265']).default('prores'),
  /** Source and result leave the service's storage as soon as the result is here. */
  cloudDelete: z.boolean().default(true),
  /** The queue starts nothing while paused. */
  paused: z.boolean().default(false),
  /** Days after which ended jobs leave the list; results on disk are never deleted. */
  keepDays: z.int().min(1).max(3650).default(90),
  /** Show the icon with its menu where the desktop has a place for it. */
  tray: z.boolean().default(true),
  /** Say so on the desktop when a job has ended, and when one waits for its price to be approved. */
  notifyEnded: z.boolean().default(true),
  notifyApproval: z.boolean().default(true),
});
export type Settings = z.infer<typeof Settings>;

/** Some of the settings; the others stay as they are. */
export const SettingsPatch = z.object(withoutDefaults(Settings.shape)).partial().strict() as z.ZodType<
  Partial<Settings>,
  Partial<Settings>
>;
export type SettingsPatch = z.infer<typeof SettingsPatch>;

/** A default would turn "not mentioned" into a change. */
function withoutDefaults(shape: Record<string, z.ZodDefault>): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, field.unwrap() as z.ZodType]));
}
