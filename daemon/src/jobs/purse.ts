import type { BackendId } from '@uprez/shared';
import type { Abandoned, Credits } from '../backends/backend.ts';
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import type { JobQueue } from './job-queue.ts';

/** Decides what may be spent, and keeps the books. */
export interface Purse {
  ofJob(id: string, backend: BackendId): Credits;
  /** Requests that still cost or hold credits, although their jobs have ended or are gone. */
  abandoned(backend: BackendId): Abandoned[];
}

export function openPurse({ store, queue, clock }: { store: Store; queue: JobQueue; clock: Clock }): Purse {
  const { payments } = store;
  const settle = (request: string, charged: number): void => payments.settle(request, charged, clock.now());
  return {
    ofJob: (jobId, backend) => ({
      reserve: (request, price) =>
        store.transaction(() => {
          if (payments.isKnown(request)) return true;
          const total = payments.ofJob(jobId) + price;
          const agreed = total <= (queue.get(jobId).approvedCredits ?? 0);
          if (!agreed && !isBelowCeilings({ total, today: payments.since(midnight(clock.now())) + price }, queue))
            return false;
          payments.add({ request, backend, jobId, price }, clock.now());
          return true;
        }),
      knows: (request) => payments.isKnown(request),
      adopt: (request, price) => payments.add({ request, backend, jobId, price }, clock.now()),
      release: (request) => payments.remove(request),
      settle(request, charged) {
        settle(request, charged);
        queue.touch(jobId);
      },
    }),
    abandoned: (backend) =>
      payments.abandoned(backend).map(({ request }) => ({
        request,
        settle: (charged) => settle(request, charged),
      })),
  };
}

/** Both ceilings have to leave room; 0, the default, leaves none. */
function isBelowCeilings({ total, today }: { total: number; today: number }, queue: JobQueue): boolean {
  const { spendPerJob, spendPerDay } = queue.settings();
  return total <= spendPerJob && today <= spendPerDay;
}

/** The user's day, not Greenwich's. */
function midnight(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}
