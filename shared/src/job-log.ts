import { z } from 'zod';

/** One line of the daemon's log that is about a job. */
export const LogLine = z.object({
  at: z.number(),
  level: z.enum(['debug', 'info', 'warning', 'error']),
  event: z.string(),
  /** What the line knows besides, in words. Of errors that Uprez has no sentence for, only that there was one. */
  facts: z.record(z.string(), z.string()),
});
export type LogLine = z.infer<typeof LogLine>;
