import { readFileSync } from 'node:fs';

/** Reads the largest resident size of the engine and its children now and then, where the system tells (Linux). */
export interface MemoryWatch {
  add(name: string, pid: number): void;
  sample(): void;
}

export function watchMemory(report: (process: string, peakBytes: number) => void): MemoryWatch {
  const pids = new Map<string, number>();
  return {
    add: (name, pid) => void pids.set(name, pid),
    sample: () => {
      report('engine', process.resourceUsage().maxRSS * 1024);
      for (const [name, pid] of pids) {
        const peak = peakOf(pid);
        if (peak !== undefined) report(name, peak);
      }
    },
  };
}

/** VmHWM of /proc/<pid>/status, "peak resident set size" (proc(5)), in bytes. */
function peakOf(pid: number): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
