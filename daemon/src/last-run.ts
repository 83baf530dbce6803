import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { z } from 'zod';

/** So many ends without a goodbye, all of them begun within the last minute, are a circle that nobody gets out of alone. */
const CRASHES = 4;
const WINDOW_MS = 60_000;

const Mark = z.object({ starts: z.array(z.number()) });

/** This run of the daemon. Disposing it is the goodbye that tells a good end from a crash. */
export interface Run extends Disposable {
  /** Did the run before end without a goodbye: a crash, a kill, a power cut? */
  readonly afterCrash: boolean;
  /** Do crashes follow each other so fast that nothing should be started by itself? */
  readonly safeMode: boolean;
}

/**
 * Leaves a mark that only a good end takes away. Call it while holding the instance's lock. `working`: this run starts
 * jobs; others only look in, and say nothing about crash loops.
 */
export function beginRun(file: string, { now, working }: { now: number; working: boolean }): Run {
  const before = readMark(file);
  // A clock that was set in between must neither hide a loop nor make one up.
  const recent = (before?.starts ?? []).filter((at) => Math.abs(now - at) <= WINDOW_MS);
  writeMark(file, { starts: working ? [...recent, now] : recent });
  return {
    afterCrash: before !== undefined,
    safeMode: working && recent.length >= CRASHES,
    [Symbol.dispose]: () => rmSync(file, { force: true }),
  };
}

/** A mark that can't be read is still a mark. */
function readMark(file: string): z.infer<typeof Mark> | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return Mark.parse(JSON.parse(text));
  } catch {
    return { starts: [] };
  }
}

function writeMark(file: string, mark: z.infer<typeof Mark>): void {
  const descriptor = openSync(file, 'w', 0o600);
  try {
    writeSync(descriptor, JSON.stringify(mark));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
