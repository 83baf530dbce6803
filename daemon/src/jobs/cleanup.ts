import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { JobQueue } from './job-queue.ts';
import type { JobRunner } from './job-runner.ts';
import type { Uploads } from './uploads.ts';

const DAY_MS = 86_400_000;

export interface CleanupParts {
  store: Store;
  queue: JobQueue;
  runner: JobRunner;
  uploads: Uploads;
  clock: Clock;
  log: Logger;
  intervalMs: number;
}

/**
 * Takes ended jobs off the list when the settings say so, and removes uploads that no job needs any more, now and at every
 * interval. Results are never touched.
 */
export function startCleanup(parts: CleanupParts): Disposable {
  let cancelTimer = (): void => {};
  let stopped = false;
  const sweep = async (): Promise<void> => {
    await removeOld(parts);
    await parts.uploads.sweep().catch((error: unknown) => parts.log.warn({ err: error }, 'uploads not cleared'));
    if (!stopped) cancelTimer = parts.clock.after(parts.intervalMs, () => void sweep());
  };
  void sweep();
  return {
    [Symbol.dispose]() {
      stopped = true;
      cancelTimer();
    },
  };
}

async function removeOld({ store, queue, runner, clock, log }: CleanupParts): Promise<void> {
  const limit = clock.now() - queue.settings().keepDays * DAY_MS;
  for (const id of store.jobs.endedBefore(limit))
    try {
      await runner.remove(id);
    } catch (error) {
      // Retried or removed by somebody meanwhile; the next sweep looks again.
      log.warn({ job: id, err: error }, 'old job not removed');
    }
}
