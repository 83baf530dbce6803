import { z } from 'zod';

/** What may be uploaded, by the ending of the name. What the file really is shows when it is probed. */
export const clipEndings = [
  ...['mp4', 'mov', 'm4v', 'mkv', 'webm', 'avi', 'mxf', 'mpg', 'mpeg', 'm2v', 'ts', 'mts', 'm2ts', '3gp', 'vob'],
] as const;

export function isClipName(name: string): boolean {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
  return ending !== undefined && (clipEndings as readonly string[]).includes(ending);
}

/** A clip that came by upload. */
export const Upload = z.object({
  path: z.string(),
  sizeBytes: z.int().nonnegative(),
  /** Where its result should go: not beside it, since uploads are cleared away. Null where the settings name a folder. */
  output: z.string().nullable(),
});
export type Upload = z.infer<typeof Upload>;
