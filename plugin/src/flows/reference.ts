import { FrameRate, type Job, timelineOf, uprightSize } from '@uprez/shared';
import { z } from 'zod';
import type { Delivery } from '../host/host.ts';

const ticks = z.string().regex(/^-?\d+$/);

/**
 * Where a job's result belongs, as it is stored with the job. The daemon keeps it unread; a panel of another version may
 * have written it.
 */
export const HostReference = z.object({
  program: z.literal('premiere'),
  mode: z.enum(['above', 'relink', 'bin']),
  disableOriginal: z.boolean(),
  project: z.object({ id: z.string(), name: z.string(), path: z.string() }),
  itemIds: z.array(z.string()),
  /** The rate at which the host plays the source, where that is another one than the file's. */
  interpretedRate: FrameRate.nullable(),
  targets: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      sequenceId: z.string(),
      itemId: z.string(),
      track: z.int().min(0),
      start: ticks,
      end: ticks,
      in: ticks,
      out: ticks,
    }),
  ),
});
export type HostReference = z.infer<typeof HostReference>;

/** What to do with a finished job; undefined where it has no result, or was not queued for this host. */
export function deliveryOf(job: Job, again = false): Delivery | undefined {
  const reference = HostReference.safeParse(job.host).data;
  if (!reference || !job.output || job.state !== 'succeeded') return undefined;
  const { task, media, output } = job;
  return {
    ...reference,
    jobId: job.id,
    again,
    sourcePath: task.source,
    result: {
      path: output.path,
      firstFrame: Math.max(0, task.range.from - task.handles),
      frames: output.frames,
      frameRate: timelineOf(media, task.frameRate).rate,
      enlargement: output.width / uprightSize(media).width,
    },
  };
}
