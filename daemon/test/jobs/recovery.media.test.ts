import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { JobState } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { MAX_KILLS } from '../../src/jobs/execution.ts';
import { Feed } from '../../src/jobs/feed.ts';
import { JobQueue } from '../../src/jobs/job-queue.ts';
import { createLedger, startOf } from '../../src/jobs/leftovers.ts';
import { recover } from '../../src/jobs/recovery.ts';
import { silentLog } from '../../src/log.ts';
import { openStore } from '../../src/store/store.ts';
import { untilJob } from '../support/clients.ts';
import { startTestDaemon } from '../support/daemon.ts';
import { codeOf } from '../support/errors.ts';
import { ScriptedBackend } from '../support/scripted-backend.ts';
import { jobIn, openTestStore } from '../support/store.ts';
import { newJob, segmentOf } from '../support/tasks.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

const log = silentLog();
const nobody = { watch: () => undefined, forget: () => undefined };

describe('after a stop', () => {
  it('a running job is queued again and continues from its checkpoint', async () => {
    using folder = tempDir();
    const dataDir = folder.path;
    let id = '';
    {
      const backend = new ScriptedBackend();
      await using daemon = await startTestDaemon({ backends: [backend], dataDir });
      const client = await daemon.connect();
      id = (await client.call('addJobs', { jobs: [newJob()] }))[0]!.id;
      const run = await backend.nextRun();
      run.job.journal.savePlan({ frames: 96 });
      run.job.journal.addSegment(segmentOf(0));
    }
    const backend = new ScriptedBackend();
    await using daemon = await startTestDaemon({ backends: [backend], dataDir });
    const run = await backend.nextRun();
    expect([run.job.id, run.job.journal.loadPlan()]).toEqual([id, { frames: 96 }]);
    expect(run.job.journal.segments()).toEqual([segmentOf(0)]);
    run.finish();
    const client = await daemon.connect();
    expect(await untilJob(client, id, 'succeeded')).toMatchObject({ attempts: 2, error: null });
  });

  it('a job that was being cancelled is cancelled, with its remains removed', async () => {
    using folder = tempDir();
    const id = leave(folder, 'cancelling');
    const backend = new ScriptedBackend();
    await using daemon = await startTestDaemon({ backends: [backend], dataDir: folder.path });
    await untilJob(await daemon.connect(), id, 'cancelled');
    expect([backend.discarded, backend.ran]).toEqual([[id], []]);
  });

  it('of the whole daemon, running jobs are told and waited for', async () => {
    const backend = new ScriptedBackend();
    const daemon = await startTestDaemon({ backends: [backend] });
    const client = await daemon.connect();
    await client.call('addJobs', { jobs: [newJob()] });
    const { job } = await backend.nextRun();
    await daemon[Symbol.asyncDispose]();
    expect(await codeOf(Promise.reject(job.signal.reason as Error))).toBe('daemon.stopping');
    await client.closed;
  });
});

/** Leaves a database with a job in that state, as a daemon that was killed does. */
function leave(folder: TempDir, state: JobState): string {
  const now = (): number => Date.now();
  using store = openStore({ database: folder.file('uprez.db'), backups: folder.file('backups'), now });
  return jobIn(new JobQueue({ store, feed: new Feed(), clock: systemClock }), state);
}

describe('after a crash', () => {
  it('running jobs are queued again', () => {
    using test = openTestStore();
    const id = jobIn(test.queue, 'running');
    recover({ ...test, log });
    expect(test.queue.get(id)).toMatchObject({ state: 'queued', attempts: 1 });
  });

  it('a job that takes the daemon down again and again is given up', () => {
    using test = openTestStore();
    const id = jobIn(test.queue, 'running');
    for (let crash = 0; crash < MAX_KILLS; crash++) {
      recover({ ...test, log });
      if (crash < MAX_KILLS - 1) test.queue.apply(id, 'start');
    }
    expect(test.queue.get(id)).toMatchObject({ state: 'failed', error: { code: 'local.engine-crashed' } });
  });

  it('other jobs stay as they are', () => {
    using test = openTestStore();
    const states = ['queued', 'awaiting-approval', 'cancelling', 'succeeded', 'failed', 'cancelled'] as const;
    for (const state of states) jobIn(test.queue, state);
    const before = test.queue.list();
    recover({ ...test, log });
    expect(test.queue.list()).toEqual(before);
  });
});

describe.skipIf(process.platform === 'win32')('a leftover engine process', () => {
  const startSleeper = () => spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });

  it('is killed', async () => {
    using test = openTestStore();
    const sleeper = startSleeper();
    const ended = once(sleeper, 'exit');
    createLedger(test.store.processes, nobody).record(jobIn(test.queue, 'running'), sleeper.pid!);
    recover({ ...test, log });
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(test.store.processes.all()).toEqual([]);
  });

  it('is left alone when its number now belongs to another process', async () => {
    using test = openTestStore();
    const sleeper = startSleeper();
    const jobId = jobIn(test.queue, 'running');
    test.store.processes.record({ jobId, pid: sleeper.pid!, started: 'another time' });
    recover({ ...test, log });
    expect(startOf(sleeper.pid!)).toBeDefined();
    expect(test.store.processes.all()).toEqual([]);
    const ended = once(sleeper, 'exit');
    sleeper.kill('SIGKILL');
    await ended;
  });

  it('that ended is forgotten', async () => {
    using test = openTestStore();
    const sleeper = startSleeper();
    const ledger = createLedger(test.store.processes, nobody);
    ledger.record(jobIn(test.queue, 'running'), sleeper.pid!);
    ledger.forget(sleeper.pid!);
    expect(test.store.processes.all()).toEqual([]);
    const ended = once(sleeper, 'exit');
    sleeper.kill('SIGKILL');
    await ended;
    expect(startOf(sleeper.pid!)).toBeUndefined();
  });
});
