import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AppError } from '@uprez/shared';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { untilJob, untilView } from '../support/clients.ts';
import { startTestDaemon, type TestDaemonOptions } from '../support/daemon.ts';
import { codeOf } from '../support/errors.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ScriptedBackend, type ScriptedOptions } from '../support/scripted-backend.ts';
import { estimate, newJob, output, segmentOf } from '../support/tasks.ts';

async function start(script: ScriptedOptions = {}, options: Partial<TestDaemonOptions> = {}) {
  const backend = new ScriptedBackend(script);
  const daemon = await startTestDaemon({ backends: [backend], ...options });
  const client = await daemon.connect();
  const add = async (...sources: string[]): Promise<string[]> => {
    const jobs = await client.call('addJobs', { jobs: sources.map((source) => newJob({ source })) });
    return jobs.map((job) => job.id);
  };
  return { backend, daemon, client, add, [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose]() };
}

describe('a job', () => {
  it('runs, succeeds and tells a client each time', async () => {
    await using test = await start();
    const [id] = await test.add('/clips/a.mp4');
    const run = await test.backend.nextRun();
    expect(await untilJob(test.client, id!, 'running')).toMatchObject({ attempts: 1, output: null });
    run.finish();
    expect(await untilJob(test.client, id!, 'succeeded')).toMatchObject({ output, error: null });
  });

  it('fails with the backend’s error, which is recorded with its step and frame', async () => {
    await using test = await start();
    const [id] = await test.add('/clips/a.mp4');
    const run = await test.backend.nextRun();
    run.job.step('decode', { status: 'running' });
    run.fail(new AppError('local.decoder-failed', { frame: 12, why: 'test' }));
    const job = await untilJob(test.client, id!, 'failed');
    expect(job.error).toMatchObject({ code: 'local.decoder-failed', retryable: true });
    expect(job.steps.find((step) => step.name === 'decode')?.status).toBe('failed');
    const report = await test.client.call('reportJob', { id: id! });
    expect(report.errors).toMatchObject([{ attempt: 1, step: 'decode', frame: 12, error: job.error }]);
  });

  it('that fails for an unknown reason tells nothing of its inside', async () => {
    await using test = await start();
    const [id] = await test.add('/clips/a.mp4');
    (await test.backend.nextRun()).fail(new TypeError('x of undefined in /home/somebody'));
    const { error } = await untilJob(test.client, id!, 'failed');
    expect([error?.code, JSON.stringify(error).includes('somebody')]).toEqual(['daemon.internal', false]);
  });

  it('waits for approval without holding its place in the lane', async () => {
    await using test = await start();
    const [first, second] = await test.add('/clips/a.mp4', '/clips/b.mp4');
    (await test.backend.nextRun()).finish({ kind: 'needs-approval', estimate: { ...estimate, credits: 7 } });
    expect((await untilJob(test.client, first!, 'awaiting-approval')).estimate.credits).toBe(7);
    (await test.backend.nextRun()).finish();
    await untilJob(test.client, second!, 'succeeded');
    await test.client.call('approveJob', { id: first! });
    (await test.backend.nextRun()).finish();
    expect((await untilJob(test.client, first!, 'succeeded')).attempts).toBe(2);
  });

  it('shows progress while it runs and forgets it afterwards', async () => {
    await using test = await start();
    const [id] = await test.add('/clips/a.mp4');
    const run = await test.backend.nextRun();
    run.job.report({ stage: 'process', framesDone: 48, framesTotal: 96 });
    const progress = await untilView(test.client, (view) => view.progress[id!]);
    expect(progress).toMatchObject({ framesDone: 48, framesTotal: 96 });
    run.finish();
    await untilJob(test.client, id!, 'succeeded');
    expect(test.client.view.progress).toEqual({});
  });

  it('reports segments, the largest memory of each process, and what it computed with last', async () => {
    await using test = await start();
    const [id] = await test.add('/clips/a.mp4');
    const run = await test.backend.nextRun();
    run.job.journal.addSegment(segmentOf(0));
    for (const bytes of [500, 900, 700]) run.job.memory('engine', bytes);
    for (const name of ['webgpu fp16', 'cpu fp32']) run.job.accelerator('engine', name);
    expect(await test.client.call('reportJob', { id: id! })).toMatchObject({
      segments: { done: 1, total: 4, frames: 24, bytes: 24_000 },
      peakMemory: { engine: 900 },
      accelerators: { engine: 'cpu fp32' },
    });
  });
});

describe('a lane', () => {
  it('runs as many jobs at once as it has slots, in the order of the queue', async () => {
    await using test = await start({ slots: 2 });
    const ids = await test.add('/clips/a.mp4', '/clips/b.mp4', '/clips/c.mp4');
    const first = await test.backend.nextRun();
    await test.backend.nextRun();
    expect(test.client.view.jobs.map((job) => job.state)).toEqual(['running', 'running', 'queued']);
    first.finish();
    await test.backend.nextRun();
    expect(test.backend.ran).toEqual(ids);
  });

  it('starts nothing while the queue is paused, and interrupts what runs', async () => {
    await using test = await start();
    const [id] = await test.add('/clips/a.mp4');
    const run = await test.backend.nextRun();
    await test.client.call('changeSettings', { paused: true });
    await untilJob(test.client, id!, 'queued');
    expect(run.job.signal.aborted).toBe(true);
    await test.client.call('changeSettings', { paused: false });
    (await test.backend.nextRun()).finish();
    expect((await untilJob(test.client, id!, 'succeeded')).attempts).toBe(2);
  });
});

describe('cancelling', () => {
  it('a running job ends the run, discards its remains and only then calls it cancelled', async () => {
    await using test = await start();
    const states: string[] = [];
    test.client.subscribe((view) => view.jobs[0] && states.push(view.jobs[0].state));
    const [id] = await test.add('/clips/a.mp4');
    const run = await test.backend.nextRun();
    run.job.journal.addSegment(segmentOf(0));
    await test.client.call('cancelJob', { id: id! });
    await untilJob(test.client, id!, 'cancelled');
    expect([...new Set(states)]).toEqual(['queued', 'running', 'cancelling', 'cancelled']);
    expect(await codeOf(Promise.reject(run.job.signal.reason as Error))).toBe('job.cancelled');
    expect(test.backend.discarded).toEqual([id]);
    expect((await test.client.call('reportJob', { id: id! })).segments.done).toBe(0);
  });

  it('waits for a run that takes its time', async () => {
    await using test = await start({ deaf: true });
    const [id] = await test.add('/clips/a.mp4');
    const run = await test.backend.nextRun();
    await test.client.call('cancelJob', { id: id! });
    expect([(await untilJob(test.client, id!, 'cancelling')).state, test.backend.discarded]).toEqual([
      'cancelling',
      [],
    ]);
    run.fail(new Error('ended at last'));
    await untilJob(test.client, id!, 'cancelled');
    expect(test.backend.discarded).toEqual([id]);
  });

  it('comes too late for work that is finished', async () => {
    await using test = await start({ deaf: true });
    const [id] = await test.add('/clips/a.mp4');
    const run = await test.backend.nextRun();
    await test.client.call('cancelJob', { id: id! });
    run.finish();
    expect((await untilJob(test.client, id!, 'succeeded')).output).toEqual(output);
    expect(test.backend.discarded).toEqual([]);
  });

  it('a queued job never runs it', async () => {
    await using test = await start();
    const [first, second] = await test.add('/clips/a.mp4', '/clips/b.mp4');
    const run = await test.backend.nextRun();
    await test.client.call('cancelJob', { id: second! });
    await untilJob(test.client, second!, 'cancelled');
    run.finish();
    await untilJob(test.client, first!, 'succeeded');
    expect(test.backend.ran).toEqual([first]);
  });

  it('twice is the same as once', async () => {
    await using test = await start();
    const [id] = await test.add('/clips/a.mp4');
    await test.backend.nextRun();
    await Promise.all([1, 2].map(() => test.client.call('cancelJob', { id: id! })));
    await untilJob(test.client, id!, 'cancelled');
    expect((await test.client.call('cancelJob', { id: id! })).state).toBe('cancelled');
    expect(test.backend.discarded).toEqual([id]);
  });

  it('ends even when the remains can’t be removed, and says so in the report', async () => {
    const discard = () => Promise.reject(new AppError('setup.output-folder', { folder: '/gone', why: 'gone' }));
    await using test = await start({ discard });
    const [id] = await test.add('/clips/a.mp4');
    await test.backend.nextRun();
    await test.client.call('cancelJob', { id: id! });
    await untilJob(test.client, id!, 'cancelled');
    const { errors } = await test.client.call('reportJob', { id: id! });
    expect(errors.map((record) => record.error.code)).toEqual(['setup.output-folder']);
  });

  it('and retrying starts afresh', async () => {
    await using test = await start();
    const [id] = await test.add('/clips/a.mp4');
    await test.backend.nextRun();
    await test.client.call('cancelJob', { id: id! });
    await untilJob(test.client, id!, 'cancelled');
    await test.client.call('retryJob', { id: id! });
    const run = await test.backend.nextRun();
    expect(run.job.journal.segments()).toEqual([]);
    run.finish();
    await untilJob(test.client, id!, 'succeeded');
  });
});

describe('removing', () => {
  it('a failed job discards what it left behind', async () => {
    await using test = await start();
    const [id] = await test.add('/clips/a.mp4');
    (await test.backend.nextRun()).fail(new AppError('local.encoder-failed', { frame: 1, why: 'test' }));
    await untilJob(test.client, id!, 'failed');
    await test.client.call('removeJob', { id: id! });
    expect(test.backend.discarded).toEqual([id]);
    expect(test.client.view.jobs).toEqual([]);
  });

  it('a succeeded job leaves its result alone', async () => {
    await using test = await start({ runs: 'finish' });
    const [id] = await test.add('/clips/a.mp4');
    await untilJob(test.client, id!, 'succeeded');
    await test.client.call('removeJob', { id: id! });
    expect(test.backend.discarded).toEqual([]);
  });

  it('a running job is refused', async () => {
    await using test = await start();
    const [id] = await test.add('/clips/a.mp4');
    await test.backend.nextRun();
    expect(await codeOf(test.client.call('removeJob', { id: id! }))).toBe('job.illegal-action');
  });
});

describe('an engine that crashes', () => {
  const crash = () => new AppError('local.engine-crashed', { why: 'test' });

  it('is started again by itself, until the third crash at the same place', async () => {
    await using test = await start();
    const [id] = await test.add('/clips/a.mp4');
    for (let attempt = 0; attempt < 3; attempt++) (await test.backend.nextRun()).fail(crash());
    const job = await untilJob(test.client, id!, 'failed');
    expect([job.attempts, job.error?.code]).toEqual([3, 'local.engine-crashed']);
    expect((await test.client.call('reportJob', { id: id! })).errors).toHaveLength(3);
  });

  it('is started again more often where somebody killed it', async () => {
    await using test = await start();
    const [id] = await test.add('/clips/a.mp4');
    const killed = () => new AppError('local.engine-crashed', { why: 'SIGKILL', killed: true });
    for (let attempt = 0; attempt < 20; attempt++) (await test.backend.nextRun()).fail(killed());
    (await test.backend.nextRun()).finish();
    expect((await untilJob(test.client, id!, 'succeeded')).attempts).toBe(21);
  });

  it('is started as often as it makes progress in between', async () => {
    await using test = await start();
    const [id] = await test.add('/clips/a.mp4');
    for (let attempt = 0; attempt < 4; attempt++) {
      const run = await test.backend.nextRun();
      run.job.journal.addSegment(segmentOf(attempt));
      run.fail(crash());
    }
    const run = await test.backend.nextRun();
    expect(run.job.journal.segments()).toHaveLength(4);
    run.finish();
    expect((await untilJob(test.client, id!, 'succeeded')).attempts).toBe(5);
  });
});

describe('a database that takes nothing for a while', () => {
  it('costs a job nothing but time', async () => {
    const clock = new ManualClock();
    await using test = await start({}, { clock });
    const [id] = await test.add('/clips/a.mp4');
    const run = await test.backend.nextRun();
    const sql = new Database(join(dirname(test.daemon.endpointFile), 'uprez.db'));
    sql.exec(`CREATE TRIGGER full BEFORE UPDATE ON jobs BEGIN SELECT raise(ABORT, 'disk full'); END`);
    run.finish();
    await setImmediate();
    expect((await test.client.call('getJob', { id: id! })).state).toBe('running');
    sql.exec('DROP TRIGGER full');
    sql.close();
    clock.advance(10_000);
    (await test.backend.nextRun()).finish();
    expect((await untilJob(test.client, id!, 'succeeded')).attempts).toBe(2);
  });
});
