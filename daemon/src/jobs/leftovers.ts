import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Logger } from '../log.ts';
import type { ProcessTable } from '../store/processes.ts';
import type { Watchdog } from './watchdog.ts';

/** Where a backend notes the processes it starts, so that they can be ended if the daemon dies first. */
export interface ProcessLedger {
  /** Call right after the start of a process, best of one that leads its own group; null where it works for no job. */
  record(jobId: string | null, pid: number): void;
  /** Call when it has ended. */
  forget(pid: number): void;
}

/** A ledger on top of the store, for the next start; and of the watchdog, for the moment when this daemon dies. */
export function createLedger(processes: ProcessTable, watchdog: Pick<Watchdog, 'watch' | 'forget'>): ProcessLedger {
  const written = new Set<number>();
  return {
    record(jobId, pid) {
      watchdog.watch(pid);
      const started = jobId === null ? undefined : startOf(pid);
      if (jobId === null || started === undefined) return;
      processes.record({ jobId, pid, started });
      written.add(pid);
    },
    forget(pid) {
      watchdog.forget(pid);
      if (written.delete(pid)) processes.forget(pid);
    },
  };
}

/** Kills the process groups that an earlier daemon left running. */
export function sweepLeftovers(processes: ProcessTable, log: Logger): void {
  for (const { pid, jobId, started } of processes.all()) {
    // Only with the same start time is it still our process and not a later one under the same number.
    if (startOf(pid) === started) {
      log.warn({ pid, job: jobId }, 'leftover process killed');
      killGroup(pid);
    }
    processes.forget(pid);
  }
}

/** When a living process started, in a form to compare; undefined where it is not there or nobody can tell. */
export function startOf(pid: number): string | undefined {
  // Windows ends child processes together with their parent (libuv's job object): nothing is left over.
  if (process.platform === 'win32') return undefined;
  try {
    return process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  } catch {
    return undefined;
  }
}

function startOnLinux(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in brackets and may hold anything; counting starts behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, ticks] = [fields[0], fields[19]];
  if (state === 'Z' || ticks === undefined) return undefined;
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot} ${ticks}`;
}

function startByPs(pid: number): string | undefined {
  const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env: { LC_ALL: 'C' } });
  return text.trim() || undefined;
}

function killGroup(pid: number): void {
  for (const target of [-pid, pid])
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // Gone already, or (for the group) not the leader of one.
    }
}
