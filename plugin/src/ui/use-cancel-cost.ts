import type { DaemonClient, Job } from '@uprez/shared';
import { useState } from 'react';

/** A cancel button that costs credits says so at the first press, and cancels at the second. */
export function useCancelCost(job: Job, client: DaemonClient | undefined) {
  const [cost, setCost] = useState<number>();
  const confirm = (cancel: () => void): void => {
    if (job.estimate.credits === null || cost !== undefined || !client) return cancel();
    client.call('cancelCost', { id: job.id }).then(
      ({ charged }) => (charged === 0 ? cancel() : setCost(charged)),
      // What it costs can't be asked: the user decides without.
      () => setCost(Number.NaN),
    );
  };
  return { confirm, label: labelOf(cost) };
}

function labelOf(cost: number | undefined): string {
  if (cost === undefined) return 'Cancel';
  return Number.isNaN(cost) ? 'Cancel all the same' : `Cancel for ${cost} credits`;
}
