import { z } from 'zod';

/** What a job will take, before it runs. Credits are null for work done on this machine. */
export const Estimate = z.object({
  seconds: z.number().nonnegative(),
  /**
   * `measured` from earlier jobs of this model on this machine, `tried` from a short trial of it here, `assumed` from
   * the catalogue's figure, `quoted` by the service that will charge it.
   */
  basis: z.enum(['measured', 'tried', 'assumed', 'quoted']),
  outputBytes: z.int().nonnegative(),
  credits: z.number().nonnegative().nullable(),
  width: z.int().positive(),
  height: z.int().positive(),
  frames: z.int().positive(),
});
export type Estimate = z.infer<typeof Estimate>;
