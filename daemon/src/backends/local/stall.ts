import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** How long an engine may do nothing. */
export interface Patience {
  lookMs: number;
  /** Looks in a row without any sign of life: no message, and next to no processor time of the whole group. */
  idleLooks: number;
  /** Looks in a row without a message, however busy it seems. */
  silentLooks: number;
}

/**
 * Ten minutes without a sign of life: networks on slow computers may take that long for a frame, but they compute
 * meanwhile, and drives that were asleep answer within a minute. Six hours without a message: the largest network on the
 * smallest computer tells of a frame more often, so whoever computes that long is in a circle.
 */
const usual: Patience = { lookMs: 30_000, idleLooks: 20, silentLooks: 720 };

/** Seconds of processor time between two looks that don't count as work: timers and the like. */
const IDLE_SECONDS = 0.1;

/** Calls back once when the process group seems to be stuck. Looks are counted, not time: a computer that slept is not stuck. */
export function watchForStall(group: number, stuck: (why: string) => void, patience: Patience = usual) {
  let idle = 0;
  let silent = 0;
  let before = cpuSecondsOf(group);
  const look = (): void => {
    const now = cpuSecondsOf(group);
    const worked = now === undefined || before === undefined || Math.abs(now - before) > IDLE_SECONDS;
    before = now;
    silent += 1;
    idle = worked ? 0 : idle + 1;
    if (idle < patience.idleLooks && silent < patience.silentLooks) return;
    clearInterval(timer);
    stuck(`nothing moved for ${minutes((idle < patience.idleLooks ? silent : idle) * patience.lookMs)}`);
  };
  const timer = setInterval(look, patience.lookMs);
  timer.unref();
  return {
    /** It has said something. */
    alive(): void {
      idle = 0;
      silent = 0;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** Processor time of all living processes of a group, in seconds; undefined where the system does not tell (Windows). */
export function cpuSecondsOf(group: number): number | undefined {
  if (process.platform === 'linux') return cpuByProc(group);
  return process.platform === 'darwin' ? cpuByPs(group) : undefined;
}

/** Clock ticks a second: what Linux shows to programs is always this (USER_HZ, time(7)). */
const TICKS = 100;

function cpuByProc(group: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statFields(name);
    // proc(5): pgrp is field 5; utime and stime are 14 and 15. The list starts with field 3.
    if (Number(fields[2]) === group) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / TICKS;
}

function statFields(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    // Ended between listing and reading.
    return [];
  }
}

function cpuByPs(group: number): number | undefined {
  try {
    const rows = execFileSync('ps', ['-A', '-o', 'pgid=,time='], { encoding: 'utf8', env: { LC_ALL: 'C' } }).split(
      '\n',
    );
    const mine = rows.map((row) => row.trim().split(/\s+/)).filter(([pgid]) => Number(pgid) === group);
    return mine.reduce((sum, [, time = '']) => sum + secondsOf(time), 0);
  } catch {
    return undefined;
  }
}

/** "1:02:03.45" or "2:03.45". */
function secondsOf(time: string): number {
  return time.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0);
}

function minutes(ms: number): string {
  return ms < 60_000 ? `${Math.round(ms / 1000)} seconds` : `${Math.round(ms / 60_000)} minutes`;
}
