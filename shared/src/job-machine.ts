import { z } from 'zod';

export const JobState = z.enum([
  'queued',
  'running',
  'awaiting-approval',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
]);
export type JobState = z.infer<typeof JobState>;

export type JobAction =
  | 'start'
  | 'ask'
  | 'approve'
  | 'succeed'
  | 'fail'
  | 'interrupt'
  | 'hold'
  | 'release'
  | 'cancel'
  | 'settle'
  | 'retry'
  | 'remove';

/**
 * The whole life of a job. Cancelling always passes through `cancelling`, so that what a job left behind is discarded
 * before it is called cancelled. `interrupt` is pause, shutdown and crash alike: the job queues again and continues
 * from its checkpoint. `hold` is the same for an obstacle outside (a full disk, a drive that is away): the job queues,
 * and is left alone until `release`.
 */
const table = {
  queued: { start: 'running', release: 'queued', cancel: 'cancelling' },
  running: {
    ask: 'awaiting-approval',
    succeed: 'succeeded',
    fail: 'failed',
    cancel: 'cancelling',
    interrupt: 'queued',
    hold: 'queued',
  },
  'awaiting-approval': { approve: 'queued', cancel: 'cancelling' },
  cancelling: { settle: 'cancelled', succeed: 'succeeded', fail: 'cancelled' },
  succeeded: { remove: 'succeeded' },
  failed: { retry: 'queued', remove: 'failed' },
  cancelled: { retry: 'queued', remove: 'cancelled' },
} as const satisfies Record<JobState, Partial<Record<JobAction, JobState>>>;

/** The state an action leads to, or undefined where the action is not allowed. */
export function next(state: JobState, action: JobAction): JobState | undefined {
  const row: Partial<Record<JobAction, JobState>> = table[state];
  return row[action];
}

/** Enables buttons, menu items and verbs: may this action be taken in this state? */
export function can(state: JobState, action: JobAction): boolean {
  return next(state, action) !== undefined;
}

/** Nothing more happens to the job unless somebody asks for it. */
export function isSettled(state: JobState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}
