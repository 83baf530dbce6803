import type { Job } from '@uprez/shared';
import type { DiscardedJob, RunningJob } from '../backends/backend.ts';
import type { Logger } from '../log.ts';
import type { Checkpoints } from '../store/checkpoints.ts';
import type { JobQueue } from './job-queue.ts';
import type { LiveProgress } from './live-progress.ts';
import type { Purse } from './purse.ts';

export interface ContextParts {
  queue: JobQueue;
  checkpoints: Checkpoints;
  progress: LiveProgress;
  purse: Purse;
  log: Logger;
}

/** What a backend sees of the job it runs. */
export function runningJob(job: Job, signal: AbortSignal, parts: ContextParts): RunningJob {
  const { queue, progress } = parts;
  return {
    ...discardedJob(job, parts),
    signal,
    report: (sample) => progress.report(job.id, sample),
    step: (name, change) => queue.recordSteps(job.id, { [name]: change }),
    steps: (changes) => queue.recordSteps(job.id, changes),
    warn: (warning) => queue.recordWarning(job.id, warning),
    memory: (process, peakBytes) => queue.recordWorker(job.id, { process, peakBytes: Math.round(peakBytes) }),
    accelerator: (process, accelerator) => queue.recordWorker(job.id, { process, peakBytes: 0, accelerator }),
  };
}

/** What a backend sees of a job whose remains it removes. */
export function discardedJob(
  job: Job,
  { checkpoints, purse, log }: Pick<ContextParts, 'checkpoints' | 'purse' | 'log'>,
): DiscardedJob {
  return {
    id: job.id,
    task: job.task,
    media: job.media,
    log: log.child({ job: job.id }),
    journal: checkpoints.journal(job.id),
    credits: purse.ofJob(job.id, job.task.backend),
  };
}
