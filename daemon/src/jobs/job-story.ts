import { basename } from 'node:path';
import type { Job } from '@uprez/shared';
import type { Logger } from '../log.ts';
import type { Feed } from './feed.ts';

/** What was last written about a job. */
type Written = Pick<Job, 'state' | 'steps'>;

/** Writes what happens to jobs into the log, so that each one's story can be read there. */
export function logJobs(feed: Feed, log: Logger): Disposable {
  const written = new Map<string, Written>();
  const unsubscribe = feed.subscribe((change) => {
    if (change.type === 'job-removed') written.delete(change.id);
    if (change.type !== 'job') return;
    const { job } = change;
    const before = written.get(job.id);
    written.set(job.id, { state: job.state, steps: job.steps });
    for (const [event, facts] of news(job, before)) log.info({ job: job.id, ...facts }, event);
  });
  return { [Symbol.dispose]: unsubscribe };
}

type News = [event: string, facts: Record<string, string | number>];

function news(job: Job, before: Written | undefined): News[] {
  const steps = job.steps.flatMap(({ name, status, statistics }): News[] => {
    if (status === 'pending' || before?.steps.find((step) => step.name === name)?.status === status) return [];
    const pace = status === 'done' && statistics ? { framesMeasured: statistics.count, meanMs: statistics.meanMs } : {};
    return [[`step ${name} ${status}`, pace]];
  });
  return before?.state === job.state ? steps : [...steps, [`job ${job.state}`, factsOf(job)]];
}

function factsOf({ state, task, attempts, output, error }: Job): Record<string, string | number> {
  switch (state) {
    case 'queued':
      return { source: basename(task.source), backend: task.backend, model: task.model, scale: task.scale };
    case 'running':
      return { attempt: attempts };
    case 'succeeded':
      return output ? { frames: output.frames, sizeBytes: output.sizeBytes, result: basename(output.path) } : {};
    case 'failed':
      return { code: error?.code ?? '' };
    case 'awaiting-approval':
    case 'cancelling':
    case 'cancelled':
      return {};
  }
}
