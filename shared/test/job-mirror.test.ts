import { describe, expect, it } from 'vitest';
import { applyMessage, emptyView, type ServerMessage, Settings, type View } from '../src/index.ts';
import { jobWith, progressAt } from './support/jobs.ts';

const settings = Settings.parse({});
const ids = (view: View): string[] => view.jobs.map((job) => job.id);
const snapshot = (...jobs: ReturnType<typeof jobWith>[]): View =>
  applyMessage(emptyView, { type: 'snapshot', version: '1', jobs, progress: {}, settings, pulls: {}, notices: [] });

describe('the mirror of the job list', () => {
  it('starts with what the snapshot says, in queue order', () => {
    expect(ids(snapshot(jobWith({ id: 'b', position: 2 }), jobWith({ id: 'a', position: 1 })))).toEqual(['a', 'b']);
  });

  it('forgets everything it knew when a new snapshot comes', () => {
    const later = applyMessage(snapshot(jobWith({ id: 'a' })), {
      type: 'snapshot',
      version: '1',
      jobs: [],
      progress: {},
      settings,
      pulls: {},
      notices: [],
    });
    expect(later.jobs).toEqual([]);
  });

  it('takes a newer revision and refuses an older or equal one', () => {
    const view = snapshot(jobWith({ revision: 5, state: 'running' }));
    const older = applyMessage(view, { type: 'job', job: jobWith({ revision: 4, state: 'queued' }) });
    const equal = applyMessage(view, { type: 'job', job: jobWith({ revision: 5, state: 'queued' }) });
    const newer = applyMessage(view, { type: 'job', job: jobWith({ revision: 6, state: 'succeeded' }) });
    expect([older, equal, newer].map((each) => each.jobs[0]?.state)).toEqual(['running', 'running', 'succeeded']);
    expect(older).toBe(view);
  });

  it('ends the same whatever the order in which revisions arrive', () => {
    const revisions = [1, 2, 3, 4].map((revision) => jobWith({ revision, attempts: revision }));
    for (const order of permutations(revisions)) {
      const view = order.reduce((so_far, job) => applyMessage(so_far, { type: 'job', job }), snapshot());
      expect(view.jobs.map((job) => job.revision)).toEqual([4]);
    }
  });

  it('adds and removes jobs', () => {
    const two = applyMessage(snapshot(jobWith({ id: 'a' })), { type: 'job', job: jobWith({ id: 'b', position: 2 }) });
    expect(ids(two)).toEqual(['a', 'b']);
    expect(ids(applyMessage(two, { type: 'job-removed', id: 'a' }))).toEqual(['b']);
  });

  it('shows progress of running jobs only', () => {
    const running = snapshot(jobWith({ state: 'running', revision: 2 }));
    const moving = applyMessage(running, { type: 'progress', id: 'job-1', progress: progressAt(0.5) });
    expect(moving.progress['job-1']?.fraction).toBe(0.5);
    const done = applyMessage(moving, { type: 'job', job: jobWith({ state: 'succeeded', revision: 3 }) });
    expect(done.progress).toEqual({});
    expect(applyMessage(moving, { type: 'job-removed', id: 'job-1' }).progress).toEqual({});
  });

  it('never changes a view that somebody holds', () => {
    const view = snapshot(jobWith({}));
    const before = structuredClone(view);
    applyMessage(view, { type: 'job', job: jobWith({ revision: 9 }) });
    applyMessage(view, { type: 'job-removed', id: 'job-1' });
    expect(view).toEqual(before);
  });

  it.each<ServerMessage>([{ type: 'pong' }, { type: 'reply', id: 1, result: null }])(
    'is not moved by $type',
    (message) => {
      const view = snapshot(jobWith({}));
      expect(applyMessage(view, message)).toBe(view);
    },
  );

  it('follows the settings', () => {
    const changed = { ...settings, paused: true };
    expect(applyMessage(emptyView, { type: 'settings', settings: changed }).settings.paused).toBe(true);
  });
});

function permutations<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}
