import { describe, expect, it } from 'vitest';
import { can, isSettled, type JobAction, JobState, next } from '../src/index.ts';

const actions: JobAction[] = [
  'start',
  'ask',
  'approve',
  'succeed',
  'fail',
  'interrupt',
  'cancel',
  'settle',
  'retry',
  'remove',
];

/** Everything that is allowed, written out; whatever is not here must be refused. */
const allowed: Record<JobState, Partial<Record<JobAction, JobState>>> = {
  queued: { start: 'running', cancel: 'cancelling' },
  running: {
    ask: 'awaiting-approval',
    succeed: 'succeeded',
    fail: 'failed',
    cancel: 'cancelling',
    interrupt: 'queued',
  },
  'awaiting-approval': { approve: 'queued', cancel: 'cancelling' },
  cancelling: { settle: 'cancelled', succeed: 'succeeded', fail: 'cancelled' },
  succeeded: { remove: 'succeeded' },
  failed: { retry: 'queued', remove: 'failed' },
  cancelled: { retry: 'queued', remove: 'cancelled' },
};

describe.each(JobState.options)('a %s job', (state) => {
  it.each(actions)('takes the action “%s” exactly as the table says', (action) => {
    expect(next(state, action)).toBe(allowed[state][action]);
    expect(can(state, action)).toBe(action in allowed[state]);
  });
});

describe('the life of a job', () => {
  it('reaches an end from every state', () => {
    for (const state of JobState.options) expect(reachable(state).some(isSettled)).toBe(true);
  });

  it('never becomes cancelled without passing through cancelling', () => {
    for (const state of JobState.options) {
      if (state === 'cancelling' || state === 'cancelled') continue;
      for (const action of actions) expect(next(state, action)).not.toBe('cancelled');
    }
  });

  it('is settled in three states', () => {
    expect(JobState.options.filter(isSettled)).toEqual(['succeeded', 'failed', 'cancelled']);
  });
});

function reachable(state: JobState, seen: JobState[] = []): JobState[] {
  if (seen.includes(state)) return seen;
  const found = [...seen, state];
  return actions.reduce((all, action) => {
    const target = next(state, action);
    return target ? reachable(target, all) : all;
  }, found);
}
