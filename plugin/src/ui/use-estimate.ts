import { AppError, type DaemonClient, type NewTask, toWire, type WireError } from '@uprez/shared';
import { useEffect, useState } from 'react';
import { type Totals, totalsOf } from '../flows/summary.ts';

/** What something would take. */
export type Estimated =
  { kind: 'none' } | { kind: 'asking' } | { kind: 'known'; totals: Totals } | { kind: 'refused'; error: WireError };

/** Users click through clips faster than it is worth asking about each. */
const SETTLE_MS = 150;

/**
 * Asks what the tasks that `plan` makes would take, whenever `key` has changed and stayed for a moment. An empty key: nothing
 * is planned.
 */
export function useEstimate(
  client: DaemonClient | undefined,
  key: string,
  plan: (client: DaemonClient) => Promise<readonly NewTask[]>,
): Estimated {
  const [found, setFound] = useState<{ key: string; estimated: Estimated }>();
  useEffect(() => {
    if (!client || key === '') return undefined;
    let current = true;
    const timer = setTimeout(() => {
      void estimate(client, plan).then((estimated) => current && setFound({ key, estimated }));
    }, SETTLE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
    // oxlint-disable-next-line react/exhaustive-deps -- the key says all that matters about the plan
  }, [client, key]);
  if (key === '' || !client) return { kind: 'none' };
  return found?.key === key ? found.estimated : { kind: 'asking' };
}

async function estimate(
  client: DaemonClient,
  plan: (client: DaemonClient) => Promise<readonly NewTask[]>,
): Promise<Estimated> {
  try {
    const tasks = await plan(client);
    const estimates = [];
    for (const task of tasks) estimates.push(await client.call('estimate', { task }));
    return { kind: 'known', totals: totalsOf(estimates) };
  } catch (cause) {
    return { kind: 'refused', error: toWire(cause instanceof AppError ? cause : new AppError('daemon.internal')) };
  }
}
