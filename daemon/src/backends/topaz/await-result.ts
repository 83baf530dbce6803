import type { RunningJob } from '../backend.ts';
import { type CloudCheckpoint, requestOf } from './checkpoint.ts';
import type { TopazClient } from './client.ts';
import { cloud, failure, isPassing } from './refusals.ts';
import type { Status } from './replies.ts';
import type { Wait } from './wait.ts';

/** Between two looks: close together at the start, when short clips are already done, and seldom for long ones. */
export function pollPause(look: number): number {
  if (look < 12) return 5000;
  return look < 66 ? 10_000 : 30_000;
}

export interface AwaitParts {
  client: TopazClient;
  wait: Wait;
}

/**
 * Looks until the result is there, however long that takes: a request that is paid for is never given up. What is wrong
 * with the line or the service for a while is waited for. Throws when the request has ended otherwise.
 */
export async function awaitResult(
  job: RunningJob,
  checkpoint: CloudCheckpoint,
  { client, wait }: AwaitParts,
): Promise<void> {
  const { id } = requestOf(checkpoint);
  const { timing } = checkpoint;
  for (let look = 0; ; look++) {
    const status = await lookAt(id, { job, client });
    if (status) {
      report(job, status, timing.frameCount);
      // The status may be ahead of the link by a moment.
      if (status.status === 'complete' && status.download) return;
      throwIfEnded(status);
    }
    await wait(pollPause(look), job.signal);
  }
}

/** Throws the reason of a request that came to nothing. */
export function throwIfEnded({ status, errorCode, message }: Status): void {
  if (status === 'failed') throw new EndedRequest(failure(errorCode, message));
  if (status === 'canceled' || status === 'canceling') throw new EndedRequest(cloud('cloud.withdrawn'));
}

/** The request is over, and with it its payment; a new one may be made. */
export class EndedRequest extends Error {
  readonly reason: Error;

  constructor(reason: Error) {
    super(reason.message);
    this.reason = reason;
  }
}

async function lookAt(
  id: string,
  { job, client }: { job: RunningJob; client: TopazClient },
): Promise<Status | undefined> {
  try {
    return await client.status(id, job.signal);
  } catch (error) {
    if (!isPassing(error)) throw error;
    job.log.warn({ code: error.code }, 'status not to be had');
    return undefined;
  }
}

function report(job: RunningJob, { status, progress = 0 }: Status, frames: number): void {
  const share = status === 'complete' ? 100 : Math.max(0, Math.min(100, progress));
  job.report({ stage: 'process', framesDone: Math.floor((frames * share) / 100), framesTotal: frames });
  job.step('upscale', { status: 'running', progress: share });
}
