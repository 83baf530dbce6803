import type { DaemonClient, Job, Still } from '@uprez/shared';
import { useEffect, useState } from 'react';

export interface StillOf {
  job: Job;
  of: 'source' | 'result';
  /** Counted in the result's frames. */
  frame: number;
  /** Most pixels across; null = all there are. */
  width: number | null;
}

/** `null`: there is none, and there will be none by waiting. */
export type StillState = Still | 'coming' | null;

/** Pictures that were shown lately: lists scroll back and forth. */
const kept = new Map<string, Promise<Still | null>>();
const MOST_KEPT = 400;

/** One frame of a job's clip; nothing is asked for while `wanted` is undefined. */
export function useStill(client: DaemonClient | undefined, wanted: StillOf | undefined): StillState {
  const key = wanted && keyOf(wanted);
  const [found, setFound] = useState<{ key: string; still: Still | null }>();
  useEffect(() => {
    if (!client || !wanted || key === undefined) return undefined;
    let current = true;
    void fetchStill(client, wanted, key).then((still) => current && setFound({ key, still }));
    return () => {
      current = false;
    };
    // oxlint-disable-next-line react/exhaustive-deps -- the key says all that matters about what is wanted
  }, [client, key]);
  return found !== undefined && found.key === key ? found.still : 'coming';
}

function fetchStill(client: DaemonClient, { job, of, frame, width }: StillOf, key: string): Promise<Still | null> {
  const known = kept.get(key);
  if (known) return known;
  const asked = inTurn(() => client.call('makeStill', { id: job.id, of, frame, width })).catch(() => null);
  kept.set(key, asked);
  for (const old of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(old);
  // What could not be had is tried again when somebody looks again.
  void asked.then((still) => still ?? kept.delete(key));
  return asked;
}

/** The daemon decodes few frames at once, and other calls are not to wait behind many of them. */
const AT_ONCE = 4;
const waiting: (() => void)[] = [];
let running = 0;

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** A retried job has another result under the same id. */
function keyOf({ job, of, frame, width }: StillOf): string {
  return [job.id, of, frame, width, of === 'result' ? job.endedAt : job.media.modifiedMs].join('|');
}
