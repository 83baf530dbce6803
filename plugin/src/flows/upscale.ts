import { AppError, type DaemonClient, type Job, type Media } from '@uprez/shared';
import type { Selection } from '../host/host.ts';
import { type PlannedJob, planJobs, sourcesOf, type Wish } from './plan.ts';

/** Plans jobs for the selected clips with what the daemon knows of their files. Throws what the probe throws, and `host.*`. */
export async function planSelection(client: DaemonClient, selection: Selection, wish: Wish): Promise<PlannedJob[]> {
  const media = new Map<string, Media>();
  for (const path of sourcesOf(selection, wish)) media.set(path, await client.call('probe', { path }));
  const plan = planJobs(selection, wish, media);
  if (plan.length === 0) throw firstRefusal(selection);
  return plan;
}

/** Queues all jobs of a plan or none. */
export function queuePlan(client: DaemonClient, plan: readonly PlannedJob[]): Promise<Job[]> {
  const jobs = plan.map(({ task, host }) => ({ task, host, requestId: crypto.randomUUID() }));
  return client.call('addJobs', { jobs });
}

function firstRefusal({ clips }: Selection): AppError {
  const refusal = clips.find((clip) => clip.refusal)?.refusal;
  return refusal ? new AppError(refusal.code, refusal.data) : new AppError('host.nothing-selected');
}
