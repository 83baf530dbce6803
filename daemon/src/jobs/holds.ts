import type { Backend } from '../backends/backend.ts';
import type { Clock } from '../clock.ts';
import { type ContextParts, discardedJob } from './job-context.ts';

/** Soon enough for somebody who has just made room, seldom enough for a drive that sleeps. */
const LOOK_MS = 5_000;

export interface HoldParts extends ContextParts {
  clock: Clock;
  backends: readonly Backend[];
  /** Ids of jobs that wait for something outside. */
  held: () => readonly string[];
}

/**
 * Lets jobs go on whose obstacle is over, now and at every interval. They are asked for one after the other: a server that
 * does not answer may hold up this one question, and never all of the daemon's.
 */
export function startHolds(parts: HoldParts): Disposable {
  let cancelTimer = (): void => {};
  let stopped = false;
  const look = async (): Promise<void> => {
    for (const id of parts.held()) await releaseIfFree(id, parts);
    if (!stopped) cancelTimer = parts.clock.after(LOOK_MS, () => void lookAgain());
  };
  // A database that can't be read at the moment is asked again.
  const lookAgain = (): Promise<void> =>
    look().catch((error: unknown) => {
      parts.log.warn({ err: error }, 'held jobs could not be looked at');
      if (!stopped) cancelTimer = parts.clock.after(LOOK_MS, () => void lookAgain());
    });
  void lookAgain();
  return {
    [Symbol.dispose]() {
      stopped = true;
      cancelTimer();
    },
  };
}

async function releaseIfFree(id: string, parts: HoldParts): Promise<void> {
  const { queue, backends, log } = parts;
  const job = queue.get(id);
  const backend = backends.find((each) => each.id === job.task.backend);
  const obstacle = await backend?.obstacle?.(discardedJob(job, parts));
  // Cancelled meanwhile, perhaps.
  if (obstacle || !parts.held().includes(id)) return;
  log.info({ job: id }, 'nothing is in the way any more');
  queue.apply(id, 'release');
}
