import { AppError } from '@uprez/shared';
import type { Logger } from '../log.ts';
import type { Store } from '../store/store.ts';
import { MAX_KILLS } from './execution.ts';
import type { JobQueue } from './job-queue.ts';
import { sweepLeftovers } from './leftovers.ts';

export interface RecoveryParts {
  store: Store;
  queue: JobQueue;
  log: Logger;
}

/**
 * Puts right what a crash of the daemon left: its engine processes end, its running jobs queue again and continue from
 * their checkpoints. Jobs that were being cancelled are finished by the runner.
 */
export function recover({ store, queue, log }: RecoveryParts): void {
  sweepLeftovers(store.processes, log);
  for (const id of store.jobs.inState('running')) {
    const crashes = queue.recordCrash(id);
    log.warn({ job: id, crashes }, 'job was running when the daemon ended');
    if (crashes < MAX_KILLS) queue.apply(id, 'interrupt');
    // A job that takes the daemon down with it each time must not keep it from ever coming up.
    else queue.apply(id, 'fail', { error: new AppError('local.engine-crashed', { why: 'the daemon ended with it' }) });
  }
}
