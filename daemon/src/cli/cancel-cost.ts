import { AppError, type CancelCost, type DaemonClient, type Job } from '@uprez/shared';

/** What cancelling a job would cost, in credits; null where that can't be said at the moment. */
export async function cancelCostOf(client: DaemonClient, job: Job): Promise<CancelCost | null> {
  if (job.estimate.credits === null) return { charged: 0, refunded: 0 };
  try {
    return await client.call('cancelCost', { id: job.id });
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('cloud.')) return null;
    throw error;
  }
}

/** What goes on where somebody presses Ctrl-C, and how it can be stopped all the same. */
export function keptLine(name: string, { id, cost }: { id: string; cost: CancelCost | null }): string {
  const why = cost
    ? `cancelling it would cost ${creditsText(cost.charged)}, and ${cost.refunded} would come back`
    : 'what cancelling it would cost can’t be said at the moment';
  return `${name} goes on: ${why}. To cancel it for all that, type: uprez cancel ${id.slice(0, 8)} --yes`;
}

function creditsText(credits: number): string {
  return credits === 1 ? '1 credit' : `${credits} credits`;
}
