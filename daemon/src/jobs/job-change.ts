import { type AppError, type Estimate, type Job, type JobAction, next, type OutputFile, toWire } from '@uprez/shared';

/** What an action brings with it. */
export interface Details {
  output?: OutputFile;
  error?: AppError;
  estimate?: Estimate;
}

/** The job after an action, or undefined where its state does not allow that. */
export function afterAction(job: Job, action: JobAction, context: { at: number; details: Details }): Job | undefined {
  const state = next(job.state, action);
  if (!state) return undefined;
  return { ...job, ...consequences({ ...job, state }, action, context) };
}

function consequences(job: Job, action: JobAction, { at, details }: { at: number; details: Details }): Partial<Job> {
  const { state } = job;
  switch (action) {
    case 'start':
      return { state, waitingFor: null, attempts: job.attempts + 1, startedAt: job.startedAt ?? at };
    case 'ask':
      return { state, estimate: details.estimate ?? job.estimate };
    case 'succeed':
      return { state, output: details.output ?? null, error: null, endedAt: at };
    case 'fail':
      return { state, error: state === 'failed' && details.error ? toWire(details.error) : null, endedAt: at };
    case 'settle':
      return { state, error: null, endedAt: at };
    case 'approve':
      return { state, approvedCredits: agreedCredits(job) };
    case 'retry':
      return { state, error: null, output: null, endedAt: null };
    case 'hold':
      return { state, waitingFor: details.error ? toWire(details.error) : null };
    case 'release':
    case 'cancel':
      return { state, waitingFor: null };
    case 'interrupt':
    case 'remove':
      return { state };
  }
}

/** The new price, on top of what earlier requests of the job have cost. */
function agreedCredits({ estimate, chargedCredits }: Job): number | null {
  return estimate.credits === null ? null : (chargedCredits ?? 0) + estimate.credits;
}
