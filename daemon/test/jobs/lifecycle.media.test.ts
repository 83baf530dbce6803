import { describe, expect, it } from 'vitest';
import { newJob, output } from '../support/tasks.ts';
import { untilJob } from '../support/clients.ts';
import { startTestDaemon } from '../support/daemon.ts';
import { ScriptedBackend } from '../support/scripted-backend.ts';

describe('a job', () => {
  it('runs, succeeds and tells a client each time', async () => {
    const backend = new ScriptedBackend();
    await using daemon = await startTestDaemon({ backends: [backend] });
    const client = await daemon.connect();
    const [job] = await client.call('addJobs', { jobs: [newJob()] });
    const run = await backend.nextRun();
    expect(await untilJob(client, job!.id, 'running')).toMatchObject({ attempts: 1, output: null });
    run.finish();
    expect(await untilJob(client, job!.id, 'succeeded')).toMatchObject({ output, error: null });
  });
});
