import { can, type JobAction, JobState } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { jobIn, openTestStore, prepared } from '../support/store.ts';
import { output, segmentOf, taskOf } from '../support/tasks.ts';

const actions: JobAction[] = ['start', 'ask', 'approve', 'succeed', 'fail', 'interrupt', 'cancel', 'settle', 'retry'];
const all = JobState.options.flatMap((state) => actions.map((action) => [action, state] as const));

describe('a job in the queue', () => {
  it.each(all)('answers “%s” while %s as the table says', async (action, state) => {
    using test = openTestStore();
    const id = jobIn(test.queue, state);
    const before = test.queue.get(id);
    const code = await codeOf(() => test.queue.apply(id, action));
    expect(code).toBe(can(state, action) ? 'no error' : 'job.illegal-action');
    const now = test.queue.get(id);
    if (can(state, action)) expect(now.revision).toBeGreaterThan(before.revision);
    else expect(now).toEqual(before);
  });

  it('gets a larger revision with every change', () => {
    using test = openTestStore();
    const revisions: number[] = [];
    test.feed.subscribe((change) => change.type === 'job' && revisions.push(change.job.revision));
    const id = jobIn(test.queue, 'running');
    test.queue.recordSteps(id, { decode: { status: 'running' } });
    test.queue.apply(id, 'succeed', { output });
    expect(revisions).toEqual([1, 2, 3, 4]);
  });

  it('runs again after a failure, with its error gone and its checkpoint kept', () => {
    using test = openTestStore();
    const id = jobIn(test.queue, 'running');
    test.store.checkpoints.journal(id).addSegment(segmentOf(0));
    test.queue.apply(id, 'fail');
    test.queue.apply(id, 'retry');
    expect(test.queue.get(id)).toMatchObject({ state: 'queued', error: null, endedAt: null, attempts: 1 });
    expect(test.store.checkpoints.journal(id).segments()).toHaveLength(1);
  });

  it('counts a step that starts again in a later attempt as retried', () => {
    using test = openTestStore();
    const id = jobIn(test.queue, 'running');
    test.queue.recordSteps(id, { decode: { status: 'running' } });
    test.queue.recordSteps(id, { decode: { status: 'running', progress: 40 } });
    test.queue.apply(id, 'interrupt');
    expect(test.queue.get(id).steps[1]).toMatchObject({ name: 'decode', status: 'pending', retries: 0 });
    test.queue.apply(id, 'start');
    test.queue.recordSteps(id, { decode: { status: 'running' } });
    expect(test.queue.get(id).steps[1]).toMatchObject({ status: 'running', progress: 40, retries: 1 });
  });

  it('has a step’s end never before its start, even when the clock was set back', () => {
    using test = openTestStore();
    const id = jobIn(test.queue, 'running');
    test.queue.recordSteps(id, { decode: { status: 'running' } });
    test.clock.advance(-60_000);
    test.queue.recordSteps(id, { decode: { status: 'done' } });
    const [, decode] = test.queue.get(id).steps;
    expect(decode).toMatchObject({ status: 'done', progress: 100, endedAt: decode!.startedAt });
  });

  it('is delivered once, and only with a host', async () => {
    using test = openTestStore();
    const [hosted, plain] = test.queue.add([prepared({ host: { project: 'p' } }), prepared()]);
    for (const { id } of [hosted!, plain!]) {
      test.queue.apply(id, 'start');
      test.queue.apply(id, 'succeed', { output });
    }
    expect(test.queue.get(hosted!.id).delivery).toBe('pending');
    expect(test.queue.deliver(hosted!.id).delivery).toBe('delivered');
    expect(test.queue.deliver(hosted!.id).revision).toBe(test.queue.get(hosted!.id).revision);
    expect(await codeOf(() => test.queue.deliver(plain!.id))).toBe('job.illegal-action');
  });

  it('keeps its output through later changes', () => {
    using test = openTestStore();
    const [job] = test.queue.add([prepared({ host: {} })]);
    test.queue.apply(job!.id, 'start');
    test.queue.apply(job!.id, 'succeed', { output });
    expect(test.queue.deliver(job!.id).output).toEqual(output);
  });
});

describe('adding jobs', () => {
  it('refuses the same clip with the same settings while the other is on its way', async () => {
    using test = openTestStore();
    const job = prepared();
    const [first] = test.queue.add([job]);
    expect(await codeOf(() => test.queue.add([job]))).toBe('request.duplicate');
    test.queue.apply(first!.id, 'start');
    expect(await codeOf(() => test.queue.add([job]))).toBe('request.duplicate');
    test.queue.apply(first!.id, 'succeed', { output });
    expect(test.queue.add([job])[0]?.id).not.toBe(first!.id);
  });

  it('allows the same clip with other settings', () => {
    using test = openTestStore();
    const ranges = [0, 24, 48].map((from) => prepared({ task: taskOf({ range: { from, to: from + 24 } }) }));
    expect(test.queue.add(ranges)).toHaveLength(3);
  });

  it('adds all or none', async () => {
    using test = openTestStore();
    const known = prepared();
    test.queue.add([known]);
    const told: string[] = [];
    test.feed.subscribe((change) => told.push(change.type));
    expect(await codeOf(() => test.queue.add([prepared(), known]))).toBe('request.duplicate');
    expect([test.queue.list().length, told]).toEqual([1, []]);
  });

  it('gives one job for a request that is sent twice', () => {
    using test = openTestStore();
    const job = prepared({ requestId: 'request-1' });
    const [first] = test.queue.add([job]);
    const [again] = test.queue.add([job]);
    expect(again?.id).toBe(first?.id);
  });

  it('refuses to retry a job whose twin is on its way', async () => {
    using test = openTestStore();
    const job = prepared();
    const [first] = test.queue.add([job]);
    for (const action of ['start', 'fail'] as const) test.queue.apply(first!.id, action);
    test.queue.add([job]);
    expect(await codeOf(() => test.queue.apply(first!.id, 'retry'))).toBe('request.duplicate');
  });
});
