import { z } from 'zod';

/** One frame of a job's clip, as it was or as it became. */
export const StillRequest = z
  .object({
    id: z.string().min(1).max(100),
    of: z.enum(['source', 'result']),
    /** Counted in the result's frames, so that source and result of the same number show the same moment. */
    frame: z.int().nonnegative(),
    /** Most pixels across; null = as many as the picture has. */
    width: z.int().min(16).max(8192).nullable().default(null),
  })
  .strict();
export type StillRequest = z.output<typeof StillRequest>;

/** A JPEG with square pixels, upright, as an address that needs no further request: panels may load nothing by HTTP. */
export const Still = z.object({ width: z.int().positive(), height: z.int().positive(), image: z.string() });
export type Still = z.infer<typeof Still>;
