import type { Job } from '@uprez/shared';
import { useState } from 'react';
import { type Act, type Actors, actOnJob } from '../flows/act.ts';
import { useAsking } from '../state/use-asking.ts';
import { useSurroundings } from './surroundings.ts';

/** What is done about a job. Cancelling what was paid for says first what that costs. */
export function useActs(job: Job) {
  const { client, host, courier, models } = useSurroundings();
  const { ask, busy, error } = useAsking();
  /** Credits that cancelling would cost, while the user is asked; NaN where nobody knows. */
  const [cancelCost, setCancelCost] = useState<number>();
  const perform = (act: Act): void => {
    if (!client) return;
    setCancelCost(undefined);
    const actors: Actors = { client, host, courier, models, settings: client.view.settings };
    void ask(() => actOnJob(act, job, actors));
  };
  const start = (act: Act): void => {
    if (act.do !== 'cancel' || job.estimate.credits === null || !client) return perform(act);
    client.call('cancelCost', { id: job.id }).then(
      ({ charged }) => (charged === 0 ? perform(act) : setCancelCost(charged)),
      () => setCancelCost(Number.NaN),
    );
  };
  return { start, perform, busy: busy || !client, error, cancelCost, keep: () => setCancelCost(undefined) };
}
