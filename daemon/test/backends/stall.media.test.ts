import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { cpuSecondsOf, watchForStall } from '../../src/backends/local/stall.ts';
import { clip } from '../support/clips.ts';
import { startLocalDaemon } from '../support/local.ts';
import { seesProcesses } from '../support/processes.ts';

const shortPatience = { lookMs: 20, idleLooks: 3, silentLooks: 1000 };

/** A process with a group of its own, which ends with the test, however that ends. */
function start(program: string, ...args: string[]): Disposable & { pid: number } {
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  return { pid: child.pid ?? -1, [Symbol.dispose]: () => void child.kill('SIGKILL') };
}

describe.skipIf(!seesProcesses)('a process group', () => {
  it('that sleeps is stuck after so many looks', async () => {
    using sleeper = start('sleep', '600');
    const why = await new Promise<string>((resolve) => watchForStall(sleeper.pid, resolve, shortPatience));
    expect(why).toMatch(/nothing moved/);
  });

  it('that computes is not, however little it says; its time counts', async () => {
    using busy = start(process.execPath, '-e', 'for (;;);');
    while ((cpuSecondsOf(busy.pid) ?? 0) < 0.3) await new Promise((resolve) => setImmediate(resolve));
    let stuck = false;
    using _watch = watchForStall(busy.pid, () => (stuck = true), { lookMs: 500, idleLooks: 2, silentLooks: 1000 });
    while ((cpuSecondsOf(busy.pid) ?? 0) < 2.5) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(stuck).toBe(false);
  });

  it('that computes without a word is given up some time', async () => {
    using busy = start(process.execPath, '-e', 'for (;;);');
    const patience = { lookMs: 10, idleLooks: 1e6, silentLooks: 10 };
    expect(await new Promise<string>((resolve) => watchForStall(busy.pid, resolve, patience))).toMatch(/nothing moved/);
  });
});

describe.skipIf(!seesProcesses)('an engine that is stuck', () => {
  it('is ended, and the job goes on', async () => {
    const stopped: number[] = [];
    await using daemon = await startLocalDaemon({
      patience: { lookMs: 2000, idleLooks: 3, silentLooks: 10_000 },
      started: (pid) => {
        if (stopped.push(pid) === 1) process.kill(-pid, 'SIGSTOP');
      },
    });
    expect((await daemon.upscale(await clip({ frames: 30 }))).frames).toBe(30);
    expect(stopped.length).toBeGreaterThan(1);
    const [job] = daemon.client.view.jobs;
    const { errors } = await daemon.client.call('reportJob', { id: job?.id ?? '' });
    expect(errors[0]?.error).toMatchObject({
      code: 'local.engine-crashed',
      data: { why: 'nothing moved for 6 seconds' },
    });
  });
});
