import { type ChildProcess, spawn } from 'node:child_process';
import type { Logger } from '../log.ts';

/** Ends processes that the daemon has started, at the moment when the daemon itself is gone, however it went. */
export interface Watchdog extends Disposable {
  watch(pid: number): void;
  forget(pid: number): void;
}

/**
 * A shell that reads the numbers of living processes from the daemon. When the daemon ends, the pipe does; then the shell
 * kills what is left of them, groups and single ones. Signals for the daemon's terminal are not for it.
 */
const SCRIPT = `
trap '' INT TERM HUP
pids=
while read -r verb pid; do
  rest=
  for each in $pids; do [ "$each" = "$pid" ] || rest="$rest $each"; done
  pids=$rest
  [ "$verb" = + ] && pids="$pids $pid"
done
for pid in $pids; do
  kill -KILL "-$pid" 2>/dev/null
  kill -KILL "$pid" 2>/dev/null
done`;

/** Linux and macOS. Windows ends child processes together with their parent (libuv's job object), so there it does nothing. */
export function openWatchdog(log: Logger, platform: NodeJS.Platform = process.platform): Watchdog {
  const watched = new Set<number>();
  let shell: ChildProcess | undefined;
  let closed = platform === 'win32';
  const start = (): ChildProcess => {
    const child = spawnShell();
    child.once('error', (error) => log.warn({ err: error }, 'no watchdog'));
    child.once('exit', () => {
      if (shell === child) shell = undefined;
    });
    return child;
  };
  const tell = (verb: '+' | '-', pid: number): void => {
    if (closed) return;
    if (shell) return say(shell, verb, [pid]);
    shell = start();
    say(shell, '+', watched);
  };
  return {
    watch(pid) {
      watched.add(pid);
      tell('+', pid);
    },
    forget(pid) {
      watched.delete(pid);
      if (shell) tell('-', pid);
    },
    [Symbol.dispose]() {
      closed = true;
      shell?.stdin?.end();
    },
  };
}

/** Outside of every folder that somebody may want to unmount, and of the daemon's group. */
function spawnShell(): ChildProcess {
  const child = spawn('/bin/sh', ['-c', SCRIPT], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: {},
  });
  child.stdin?.on('error', () => undefined);
  // Neither of them is a reason for the daemon to stay.
  child.unref();
  if (child.stdin && 'unref' in child.stdin) (child.stdin as typeof child.stdin & { unref(): void }).unref();
  return child;
}

function say(shell: ChildProcess, verb: '+' | '-', pids: Iterable<number>): void {
  for (const pid of pids) shell.stdin?.write(`${verb} ${pid}\n`);
}
