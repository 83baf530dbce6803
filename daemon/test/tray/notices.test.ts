import { emptyView, type Job, type View } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { noticesOf } from '../../src/tray/notices.ts';
import { estimate, output, taskOf } from '../support/tasks.ts';

const running = {
  id: 'job-1',
  state: 'running',
  task: taskOf(),
  estimate,
  output: null,
  error: null,
} as unknown as Job;

function viewOf(job: Job, settings: Partial<View['settings']> = {}): View {
  return { ...emptyView, jobs: [job], settings: { ...emptyView.settings, ...settings } };
}

const before = viewOf(running);
const done: Job = { ...running, state: 'succeeded', output };

describe('a notification', () => {
  it('comes when a job ends, once', () => {
    expect(noticesOf(before, viewOf(done))).toMatchObject([
      { title: 'sea.mp4 is done', text: 'sea_uprez_2x_fast.mov' },
    ]);
    expect(noticesOf(viewOf(done), viewOf({ ...done, revision: 9 }))).toEqual([]);
  });

  it('says why a job failed and what to do', () => {
    const error = { code: 'setup.disk-full', message: 'Not enough disk space.', next: 'Free some.' } as Job['error'];
    expect(noticesOf(before, viewOf({ ...running, state: 'failed', error }))).toMatchObject([
      { title: 'sea.mp4 failed', text: 'Not enough disk space. Free some.' },
    ]);
  });

  it('comes when a price has to be agreed to', () => {
    const asking: Job = { ...running, state: 'awaiting-approval', estimate: { ...estimate, credits: 12 } };
    expect(noticesOf(before, viewOf(asking))[0]?.text).toContain('12 credits');
    expect(noticesOf(before, viewOf(asking, { notifyApproval: false }))).toEqual([]);
  });

  it('does not come where it is turned off, for what somebody cancelled, or for jobs of earlier days', () => {
    expect(noticesOf(before, viewOf(done, { notifyEnded: false }))).toEqual([]);
    expect(noticesOf(before, viewOf({ ...running, state: 'cancelled' }))).toEqual([]);
    expect(noticesOf(emptyView, viewOf(done))).toEqual([]);
  });
});
