import { rm, stat } from 'node:fs/promises';
import type { RunningJob } from '../backend.ts';
import { type CloudCheckpoint, requestOf } from './checkpoint.ts';
import type { TopazClient } from './client.ts';
import { cloud, isPassing, isRefused } from './refusals.ts';
import type { Storage } from './storage.ts';
import { backoff, type Wait } from './wait.ts';

const TRIES = 8;

export interface DownloadParts {
  client: TopazClient;
  storage: Storage;
  wait: Wait;
}

/**
 * Fetches the result, from where an earlier try stopped. A file that has another length than the service's record says is
 * thrown away and fetched once more. Throws `cloud.result-gone`, `cloud.download-failed`.
 */
export async function downloadResult(
  job: RunningJob,
  checkpoint: CloudCheckpoint,
  parts: DownloadParts,
): Promise<void> {
  const { result } = checkpoint.files;
  const { destination } = await parts.client.record(requestOf(checkpoint).id, job.signal);
  const expected = destination?.size;
  for (let round = 1; ; round++) {
    await fetchAll(job, checkpoint, parts);
    const { size } = await stat(result);
    if (expected === undefined || size === expected) return;
    await rm(result, { force: true });
    if (round === 2) throw cloud('cloud.download-failed', { why: `it has ${size} bytes instead of ${expected}` });
  }
}

async function fetchAll(job: RunningJob, checkpoint: CloudCheckpoint, parts: DownloadParts): Promise<void> {
  const frames = checkpoint.timing.frameCount;
  const onBytes = (bytes: number, total: number): void =>
    job.report({ stage: 'download', framesDone: Math.floor((frames * bytes) / total), framesTotal: frames });
  for (let attempt = 1; ; attempt++) {
    const link = await linkOf(job, checkpoint, parts);
    try {
      await parts.storage.get(link, { path: checkpoint.files.result, onBytes }, job.signal);
      return;
    } catch (cause) {
      job.signal.throwIfAborted();
      const expired = isRefused(cause, 'cloud.forbidden');
      if (!expired && !isPassing(cause)) throw cause;
      if (attempt === TRIES) throw expired ? cloud('cloud.result-gone', {}, cause) : failed(cause);
      await parts.wait(backoff(attempt), job.signal);
    }
  }
}

/** Asked for each try: the link is the same as long as it is good. */
async function linkOf({ signal }: RunningJob, checkpoint: CloudCheckpoint, { client }: DownloadParts): Promise<string> {
  const { download } = await client.status(requestOf(checkpoint).id, signal);
  if (!download) throw cloud('cloud.result-gone');
  return download.url;
}

function failed(cause: unknown): Error {
  const why = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause);
  return cloud('cloud.download-failed', { why }, cause);
}
