import { setTimeout as pause } from 'node:timers/promises';

/** Waits some milliseconds; rejects with the signal's reason when that aborts. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

export const realWait: Wait = async (ms, signal) => {
  await pause(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
};

/** Before try number `attempt` (from 1): doubling from half a second up to half a minute, of which a random part. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const most = Math.min(30_000, 500 * 2 ** (attempt - 1));
  return most * (0.5 + 0.5 * random());
}
