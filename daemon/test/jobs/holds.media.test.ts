import { AppError } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { MAX_KILLS } from '../../src/jobs/execution.ts';
import { untilJob, untilView } from '../support/clients.ts';
import { startTestDaemon } from '../support/daemon.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ScriptedBackend } from '../support/scripted-backend.ts';
import { newJob } from '../support/tasks.ts';
import { tempDir } from '../support/temp-dir.ts';

const full = new AppError('setup.disk-full', { folder: '/results', need: '100 MB', free: '3 MB' });

/** A daemon whose disk is full for as long as the test says. */
async function start(dataDir?: string) {
  const disk = { isFull: true };
  const clock = new ManualClock();
  const backend = new ScriptedBackend({ obstacle: () => (disk.isFull ? full : undefined) });
  const daemon = await startTestDaemon({ backends: [backend], clock, ...(dataDir === undefined ? {} : { dataDir }) });
  const client = await daemon.connect();
  const held = (id: string) => untilView(client, (view) => view.jobs.find((job) => job.id === id && job.waitingFor));
  return { disk, clock, backend, client, held, [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose]() };
}

describe('a job whose disk is full', () => {
  it('waits with the reason, and goes on by itself when there is room', async () => {
    await using test = await start();
    const [job] = await test.client.call('addJobs', { jobs: [newJob()] });
    (await test.backend.nextRun()).fail(full);
    expect(await test.held(job!.id)).toMatchObject({
      state: 'queued',
      error: null,
      waitingFor: { message: full.message },
    });

    test.clock.advance(10_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(test.backend.ran).toHaveLength(1);

    test.disk.isFull = false;
    test.clock.advance(10_000);
    (await test.backend.nextRun()).finish();
    expect(await untilJob(test.client, job!.id, 'succeeded')).toMatchObject({ waitingFor: null, attempts: 2 });
  });

  it('keeps no other job waiting', async () => {
    await using test = await start();
    const jobs = ['/clips/a.mp4', '/clips/b.mp4'].map((source) => newJob({ source }));
    const [first, second] = await test.client.call('addJobs', { jobs });
    (await test.backend.nextRun()).fail(full);
    (await test.backend.nextRun()).finish();
    await untilJob(test.client, second!.id, 'succeeded');
    expect((await test.held(first!.id)).state).toBe('queued');
  });

  it('can be cancelled while it waits', async () => {
    await using test = await start();
    const [job] = await test.client.call('addJobs', { jobs: [newJob()] });
    (await test.backend.nextRun()).fail(full);
    await test.held(job!.id);
    await test.client.call('cancelJob', { id: job!.id });
    expect(await untilJob(test.client, job!.id, 'cancelled')).toMatchObject({ waitingFor: null });
    expect(test.backend.discarded).toEqual([job!.id]);
  });

  it('still waits after a restart of the daemon', async () => {
    using folder = tempDir();
    let id = '';
    {
      await using test = await start(folder.path);
      id = (await test.client.call('addJobs', { jobs: [newJob()] }))[0]!.id;
      (await test.backend.nextRun()).fail(full);
      await test.held(id);
    }
    await using test = await start(folder.path);
    await test.held(id);
    expect(test.backend.ran).toEqual([]);
    test.disk.isFull = false;
    test.clock.advance(10_000);
    (await test.backend.nextRun()).finish();
    expect((await untilJob(test.client, id, 'succeeded')).attempts).toBe(2);
  });

  it('is given up where the disk seems to have room each time and never has', async () => {
    await using test = await start();
    test.disk.isFull = false;
    const [job] = await test.client.call('addJobs', { jobs: [newJob()] });
    for (let run = 1; run <= MAX_KILLS; run++) {
      (await test.backend.nextRun()).fail(full);
      if (run === MAX_KILLS) break;
      await test.held(job!.id);
      test.clock.advance(10_000);
    }
    expect(await untilJob(test.client, job!.id, 'failed')).toMatchObject({ error: { code: 'setup.disk-full' } });
  });
});
