import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { beginRun } from '../src/last-run.ts';
import { startTestDaemon } from './support/daemon.ts';
import { ManualClock } from './support/manual-clock.ts';
import { ScriptedBackend } from './support/scripted-backend.ts';
import { newJob } from './support/tasks.ts';
import { tempDir } from './support/temp-dir.ts';

const working = true;

describe('a run of the daemon', () => {
  it('knows whether the one before said goodbye', () => {
    using folder = tempDir();
    const mark = folder.file('run.json');
    {
      using first = beginRun(mark, { now: 0, working });
      expect(first.afterCrash).toBe(false);
    }
    expect(existsSync(mark)).toBe(false);
    beginRun(mark, { now: 1, working });
    expect(beginRun(mark, { now: 2, working }).afterCrash).toBe(true);
  });

  it.each([
    ['the fourth crash within a minute', [0, 10_000, 20_000, 59_000, 60_000], true],
    ['the third', [0, 10_000, 20_000, 60_000], false],
    ['four in five minutes', [0, 80_000, 160_000, 240_000, 300_000], false],
    ['four within a minute and a clock that was set back meanwhile', [900_000, 910_000, 20_000, 30_000, 40_000], false],
  ])('after %s: safe mode is %j', (_, starts, expected) => {
    using folder = tempDir();
    const runs = starts.map((now) => beginRun(folder.file('run.json'), { now, working }));
    expect(runs.at(-1)?.safeMode).toBe(expected);
  });

  it('that only looks in counts for nothing, and never starts in safe mode', () => {
    using folder = tempDir();
    const mark = folder.file('run.json');
    for (let i = 0; i < 9; i++) expect(beginRun(mark, { now: i, working: false }).safeMode).toBe(false);
    expect(beginRun(mark, { now: 10, working }).safeMode).toBe(false);
  });

  it('takes a mark that is cut off for a crash', () => {
    using folder = tempDir();
    writeFileSync(folder.file('run.json'), '{"starts":[1');
    expect(beginRun(folder.file('run.json'), { now: 2, working })).toMatchObject({ afterCrash: true, safeMode: false });
  });
});

describe('safe mode', () => {
  it('starts no job, says so, and one word leaves it', async () => {
    using folder = tempDir();
    const clock = new ManualClock();
    const before = new ScriptedBackend();
    {
      await using daemon = await startTestDaemon({ backends: [before], dataDir: folder.path, clock });
      const client = await daemon.connect();
      await client.call('addJobs', { jobs: [newJob()] });
      await before.nextRun();
    }
    for (let crash = 0; crash < 4; crash++) beginRun(folder.file('run.json'), { now: clock.now(), working });

    const backend = new ScriptedBackend();
    await using daemon = await startTestDaemon({ backends: [backend], dataDir: folder.path, clock });
    const client = await daemon.connect();
    expect(client.view.notices).toMatchObject([{ code: 'daemon.safe-mode' }]);
    expect(client.view.settings.paused).toBe(true);
    expect(client.view.jobs[0]?.state).toBe('queued');
    expect((await client.call('getHealth', {})).checks).toMatchObject([{ name: 'queue', status: 'warning' }]);
    expect(backend.ran).toEqual([]);

    await client.call('changeSettings', { paused: false });
    (await backend.nextRun()).finish();
    expect(client.view.notices).toEqual([]);
  });
});
