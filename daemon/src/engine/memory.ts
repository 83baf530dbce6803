import { readFileSync } from 'node:fs';

/**
 * Reads the largest resident size of the engine and its children now and then, where the system tells (Linux). Each is
 * reported when it has grown: it is written down every time.
 */
export interface MemoryWatch {
  add(name: string, pid: number): void;
  sample(): void;
}

/** Growth by less is not told. */
const WORTH_TELLING = 1.01;

export function watchMemory(report: (process: string, peakBytes: number) => void): MemoryWatch {
  const pids = new Map<string, number>();
  const reported = new Map<string, number>();
  const note = (name: string, peak: number): void => {
    if (peak < (reported.get(name) ?? 0) * WORTH_TELLING) return;
    reported.set(name, peak);
    report(name, peak);
  };
  return {
    add: (name, pid) => void pids.set(name, pid),
    sample: () => {
      note('engine', process.resourceUsage().maxRSS * 1024);
      for (const [name, pid] of pids) {
        const peak = peakOf(pid);
        if (peak !== undefined) note(name, peak);
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
