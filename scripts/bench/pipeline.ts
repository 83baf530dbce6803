import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runEngine } from '../../daemon/src/backends/local/engine-process.ts';
import type { EnginePlan } from '../../daemon/src/engine/plan.ts';
import { type Cost, measured } from './measure.ts';

export interface PipelineCost extends Cost {
  quantiser: number;
  outputBytes: number;
  /** Largest sum of the job's files at any segment's end. */
  diskPeakBytes: number;
  /** Largest resident memory by process, in bytes. */
  memory: Record<string, number>;
}

const script = fileURLToPath(new URL('../../daemon/dist/engine.mjs', import.meta.url));

/** A whole job in an engine process, from its start to the proven file, which is then deleted. */
export async function wholePipeline(plan: EnginePlan): Promise<PipelineCost> {
  const memory: Record<string, number> = {};
  let quantiser = 0;
  let diskPeakBytes = 0;
  const watch: Promise<void>[] = [];
  const note = async (): Promise<void> => {
    diskPeakBytes = Math.max(diskPeakBytes, await bytesOf(plan.output.path));
  };
  const { result, ...cost } = await measured(() =>
    runEngine(
      { plan, findings: null, done: [] },
      {
        script,
        signal: new AbortController().signal,
        started: () => undefined,
        ended: () => undefined,
        onMessage: (message) => {
          if (message.type === 'found') quantiser = message.findings.quantiser;
          if (message.type === 'segment') watch.push(note());
          if (message.type === 'memory')
            memory[message.process] = Math.max(message.peakBytes, memory[message.process] ?? 0);
        },
      },
    ),
  );
  await Promise.all(watch);
  await note();
  await rm(result.path);
  await rm(plan.output.partial, { force: true });
  return { ...cost, quantiser, diskPeakBytes, outputBytes: result.sizeBytes, memory };
}

/** Bytes on disk of a result and its partial file; two names of one file count once. */
async function bytesOf(path: string): Promise<number> {
  const names = (await readdir(dirname(path))).filter((name) => name.startsWith(basename(path)));
  const files = await Promise.all(names.map((name) => stat(join(dirname(path), name)).catch(() => undefined)));
  const sizes = new Map(files.map((file) => [file?.ino, file?.size ?? 0]));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
