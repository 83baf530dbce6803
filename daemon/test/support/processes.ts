import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Only Linux shows the processes of others as files. */
export const seesProcesses = process.platform === 'linux';

/** What a process of Uprez is there for. `look` reads a source's first frames, `proof` a finished file's. */
export type Role = 'daemon' | 'engine' | 'decoder' | 'encoder' | 'sound' | 'look' | 'proof' | 'other';

export interface RunningProcess {
  pid: number;
  role: Role;
  command: string;
}

/**
 * All living processes that work in a folder, whoever their parent is by now: a child inherits the folder it was started
 * in, so nothing that a daemon started there can hide. Zombies have no folder any more and don't count.
 */
export function processesIn(folder: string): RunningProcess[] {
  return processesThat((pid) => readlinkSync(`/proc/${pid}/cwd`) === folder);
}

/** Living children of a process, wherever they work. */
export function childrenOf(parent: number): RunningProcess[] {
  return processesThat((pid) => {
    // proc(5): the name in brackets may hold anything; state and parent follow it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
  });
}

function processesThat(fit: (pid: number) => boolean): RunningProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).flatMap((pid) => {
    try {
      if (!fit(pid)) return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return [{ pid, role: roleOf(command), command }];
    } catch {
      // Ended between listing and reading.
      return [];
    }
  });
}

export function ofRole(folder: string, role: Role): RunningProcess | undefined {
  return processesIn(folder).find((each) => each.role === role);
}

/** Ends a process as a power cut would. False where it was gone already. */
export function killNow(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/**
 * Stops the engine that works in a folder, with its decoder and encoder, so that a job of any length is still in the middle
 * of itself for whatever the test does next. Returns what lets it go on. Does nothing where processes can't be seen.
 */
export function holdEngine(folder: string): () => void {
  const pid = seesProcesses ? ofRole(folder, 'engine')?.pid : undefined;
  if (pid === undefined) return () => undefined;
  const tell = (signal: 'SIGSTOP' | 'SIGCONT'): void => {
    try {
      process.kill(-pid, signal);
    } catch {
      // It has ended.
    }
  };
  tell('SIGSTOP');
  return () => tell('SIGCONT');
}

/** Frames of a clip that is to be interrupted, at 320x180: the engine can be held, or has to have enough to do. */
export const INTERRUPTIBLE = seesProcesses ? 150 : 450;

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Peak resident memory of a living process in bytes (proc(5), VmHWM). */
export function peakMemoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** What the outside can't tell us by an event: looks again and again until there is something. Fails after a minute. */
export async function until<T>(what: string, look: () => T | undefined | false | null, limitMs = 60_000): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false && found !== null) return found;
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await pause(4);
  }
}

/** Resolves when nothing but processes of these roles works in the folder any more; fails with the names of those that do. */
export async function untilOnly(folder: string, allowed: readonly Role[] = []): Promise<void> {
  const strangers = (): RunningProcess[] => processesIn(folder).filter(({ role }) => !allowed.includes(role));
  try {
    await until('the end of all processes', () => strangers().length === 0, 15_000);
  } catch (cause) {
    const names = strangers().map(({ pid, role, command }) => `${pid} ${role}: ${command}`);
    if (names.length > 0) throw new Error(`still running:\n${names.join('\n')}`, { cause });
  }
}

function roleOf(command: string): Role {
  if (command.includes('engine.mjs')) return 'engine';
  if (command.includes('uprez.mjs')) return 'daemon';
  if (!command.includes('-hide_banner')) return 'other';
  if (command.includes('prores_ks')) return 'encoder';
  if (/-f s(16|24)le /.test(command)) return 'sound';
  if (command.includes('-f framecrc')) return command.includes('.partial') ? 'proof' : 'look';
  return command.includes('-f rawvideo') ? 'decoder' : 'other';
}
