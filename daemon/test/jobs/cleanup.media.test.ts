import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { untilJob, untilView } from '../support/clients.ts';
import { startTestDaemon } from '../support/daemon.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ScriptedBackend } from '../support/scripted-backend.ts';
import { newJob } from '../support/tasks.ts';

const DAY_MS = 86_400_000;

describe('old jobs', () => {
  it('leave the list after the days that the settings keep them, unless they have not ended', async () => {
    const clock = new ManualClock();
    const backend = new ScriptedBackend();
    await using daemon = await startTestDaemon({ backends: [backend], clock });
    const client = await daemon.connect();
    await client.call('changeSettings', { keepDays: 2 });
    const jobs = ['/clips/a.mp4', '/clips/b.mp4'].map((source) => newJob({ source }));
    const [done, running] = await client.call('addJobs', { jobs });
    (await backend.nextRun()).finish();
    await untilJob(client, done!.id, 'succeeded');
    await backend.nextRun();
    for (let day = 0; day < 3; day++) {
      clock.advance(DAY_MS);
      await setImmediate();
    }
    await untilView(client, (view) => (view.jobs.some((job) => job.id === done!.id) ? undefined : true));
    expect(client.view.jobs.map((job) => job.id)).toEqual([running!.id]);
    expect(backend.discarded).toEqual([]);
  });
});
