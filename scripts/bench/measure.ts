import { readFileSync } from 'node:fs';

export interface Cost {
  wallSeconds: number;
  /** User and system time of this process's threads and of the children that ended meanwhile; null off Linux. */
  cpuSeconds: number | null;
}

/** Clock ticks a second in /proc, the same on every Linux (USER_HZ). */
const TICKS = 100;

/** Runs something and tells what it cost. */
export async function measured<T>(work: () => Promise<T>): Promise<Cost & { result: T }> {
  const cpuBefore = cpuSeconds();
  const startedAt = performance.now();
  const result = await work();
  const wallSeconds = (performance.now() - startedAt) / 1000;
  const cpuAfter = cpuSeconds();
  return { result, wallSeconds, cpuSeconds: cpuAfter === null || cpuBefore === null ? null : cpuAfter - cpuBefore };
}

/** utime + stime + cutime + cstime of /proc/self/stat (proc(5), fields 14 to 17). */
function cpuSeconds(): number | null {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
  } catch {
    return null;
  }
}
