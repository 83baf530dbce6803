import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { startOf } from '../../src/jobs/leftovers.ts';
import { openWatchdog } from '../../src/jobs/watchdog.ts';
import { silentLog } from '../../src/log.ts';
import { childScript, kill } from '../support/child-script.ts';
import { until } from '../support/processes.ts';

/** Starts a sleeper with a group of its own and one without, has both watched and one more that is forgotten. */
const keeper = `
  import { spawn } from 'node:child_process';
  import { openWatchdog } from '../../src/jobs/watchdog.ts';
  import { silentLog } from '../../src/log.ts';
  const watchdog = openWatchdog(silentLog());
  const sleeper = (detached: boolean) => spawn('sleep', ['600'], { detached, stdio: 'ignore' });
  const [leader, single, forgotten] = [sleeper(true), sleeper(false), sleeper(true)];
  for (const { pid } of [leader, single, forgotten]) watchdog.watch(pid!);
  watchdog.forget(forgotten.pid!);
  // The shell reads in order: when it has read this, it has read everything.
  console.log([leader.pid, single.pid, forgotten.pid].join(' '));
  setInterval(() => {}, 1000);`;

describe.skipIf(process.platform === 'win32')('the watchdog', () => {
  it('ends what the daemon was watching the moment the daemon is killed, and nothing else', async () => {
    using script = await childScript(keeper);
    const daemon = script.start();
    const [line] = (await once(daemon.stdout!, 'data')) as [Buffer];
    const [leader = 0, single = 0, forgotten = 0] = line.toString().trim().split(' ').map(Number);
    await kill([daemon]);
    await until('the end of the watched', () => startOf(leader) === undefined && startOf(single) === undefined);
    expect(startOf(forgotten)).toBeDefined();
    process.kill(forgotten, 'SIGKILL');
  });

  it('comes back when somebody kills it, and still knows whom to watch', async () => {
    using watchdog = openWatchdog(silentLog());
    const sleeper = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
    const ended = once(sleeper, 'exit');
    watchdog.watch(sleeper.pid!);
    watchdog[Symbol.dispose]();
    expect(await ended).toEqual([null, 'SIGKILL']);
  });
});
