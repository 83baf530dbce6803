import { AppError, type Job } from '@uprez/shared';
import type { Backend, Outcome } from '../backends/backend.ts';
import { isObstacle } from '../backends/obstacles.ts';
import { type ContextParts, discardedJob, runningJob } from './job-context.ts';

/** A job whose engine crashes this often without a new segment in between is given up. */
const MAX_CRASHES = 3;
/**
 * The same for processes that somebody killed, power cuts included: seldom the job's fault, so the limit is only there
 * for what can't be told apart from it, a job that needs more memory than there is. The same for obstacles that come back
 * as soon as they are gone.
 */
export const MAX_KILLS = 25;

/** Runs a claimed job to the end of this attempt and settles its state. Never rejects. */
export async function execute(job: Job, { backend, signal, ...parts }: ExecutionParts): Promise<void> {
  parts.progress.begin(job.id);
  try {
    const outcome = await backend.run(runningJob(job, signal, parts));
    parts.progress.end(job.id);
    await settle(job, outcome, { ...parts, backend });
  } catch (error) {
    parts.progress.end(job.id);
    await settleError(job, error, { ...parts, backend, signal });
  }
}

export interface ExecutionParts extends ContextParts {
  backend: Backend;
  signal: AbortSignal;
}

type SettleParts = Omit<ExecutionParts, 'signal'>;

/** Removes what a cancelled job left behind, and only then calls it cancelled. */
export async function discardAndSettle(job: Job, parts: SettleParts): Promise<void> {
  await discard(job, parts);
  parts.queue.apply(job.id, 'settle');
}

/** A failure to clean up is written down and does not keep the job from ending. */
export async function discard(job: Job, { backend, ...parts }: SettleParts): Promise<void> {
  try {
    await backend.discard(discardedJob(job, parts));
  } catch (error) {
    parts.log.error({ job: job.id, err: error }, 'discard failed');
    parts.queue.recordError(job.id, known(error));
  }
}

async function settle(job: Job, outcome: Outcome, parts: SettleParts): Promise<void> {
  const { queue } = parts;
  // Work that was finished before the cancellation arrived stays finished.
  if (outcome.kind === 'finished') return void queue.apply(job.id, 'succeed', { output: outcome.output });
  if (queue.get(job.id).state === 'cancelling') return discardAndSettle(job, parts);
  queue.apply(job.id, 'ask', { estimate: outcome.estimate });
}

async function settleError(job: Job, cause: unknown, parts: ExecutionParts): Promise<void> {
  const { queue, signal, log } = parts;
  if (queue.get(job.id).state === 'cancelling') return discardAndSettle(job, parts);
  if (signal.aborted) return void queue.apply(job.id, 'interrupt');
  const error = known(cause);
  log.error({ job: job.id, err: cause, code: error.code }, 'job failed');
  if (isObstacle(error))
    return void queue.apply(job.id, queue.recordCrash(job.id) < MAX_KILLS ? 'hold' : 'fail', { error });
  if (error.code !== 'local.engine-crashed') return void queue.apply(job.id, 'fail', { error });
  const limit = error.data['killed'] === true ? MAX_KILLS : MAX_CRASHES;
  queue.apply(job.id, queue.recordCrash(job.id) < limit ? 'interrupt' : 'fail', { error });
}

function known(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('daemon.internal', {}, { cause: error });
}
