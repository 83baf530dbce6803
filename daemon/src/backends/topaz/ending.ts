import type { Credits } from '../backend.ts';
import type { TopazClient } from './client.ts';
import { cloud, isRefused } from './refusals.ts';
import { chargeOf, hasEnded } from './replies.ts';
import type { Wait } from './wait.ts';

/** Looks at a request that is being cancelled; then it is left to the next start. */
const LOOKS = 30;
const PAUSE_MS = 1000;

export interface EndingParts {
  client: TopazClient;
  wait: Wait;
  signal: AbortSignal;
}

/** Notes what a request that has ended has cost. One that the service does not know has cost nothing. */
export async function settleRequest(
  id: string,
  settle: (charged: number) => void,
  { client, signal }: EndingParts,
): Promise<void> {
  const record = await unlessLost(client.record(id, signal));
  settle(chargeOf(record?.transactions ?? []));
}

/**
 * Ends a request that nobody wants any more, and notes what it has cost. A request that ended meanwhile stays as it is.
 * Throws where the service can't be reached or does not come to an end.
 */
export async function withdraw(id: string, settle: (charged: number) => void, parts: EndingParts): Promise<void> {
  const { client, wait, signal } = parts;
  for (let look = 0; look < LOOKS; look++) {
    const found = await unlessLost(client.status(id, signal));
    if (!found || found.status === 'requested') return settle(0);
    if (hasEnded(found.status)) return settleRequest(id, settle, parts);
    // Refused where it ends in this very moment: the next look tells.
    if (found.status !== 'canceling') await client.cancel(id, signal).catch(ignoreRefusal);
    await wait(look === 0 ? PAUSE_MS / 10 : PAUSE_MS, signal);
  }
  throw cloud('cloud.unavailable', { why: 'a request does not come to its end' });
}

/** Takes clip and result out of the service's storage, as far as they are there. */
export async function deleteMedia(id: string, { client, signal }: EndingParts): Promise<void> {
  await client.deleteMedia(id, signal).catch(ignoreRefusal);
}

/** What a request that was set aside may cost, from the books of the job. */
export function settling(credits: Credits, id: string): (charged: number) => void {
  return (charged) => credits.settle(id, charged);
}

/** Undefined where the service does not know the request. */
async function unlessLost<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isRefused(error, 'cloud.request-lost')) return undefined;
    throw error;
  }
}

function ignoreRefusal(error: unknown): void {
  if (!isRefused(error, 'cloud.refused', 'cloud.request-lost')) throw error;
}
