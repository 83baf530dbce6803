import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { AppError, toWire, type WireError } from '@uprez/shared';
import { LARGEST_MODEL } from '../models/rgb-inspection.ts';
import type { RgbTraits } from '../models/rgb-traits.ts';
import { probeModel } from './probe-model.ts';

/**
 * The inspection process: tries one model file, says what it is, and ends. Strangers' files run here and nowhere else
 * before they have been tried: they may crash it, never end or take all memory.
 */
export interface ToInspection {
  file: string;
  /** What the user calls the file. */
  name: string;
  threads: number;
  memoryBytes: number;
}

export type FromInspection = { type: 'traits'; traits: RgbTraits } | { type: 'failed'; error: WireError };

/**
 * A thread that ends the process when it takes too much, or when the daemon is gone: the main thread is inside the runtime,
 * which knows no limit. It looks several times a second, the first time before it says that it is there; memory that is
 * asked for but never touched does no harm.
 */
const WATCH = `
const { parentPort, workerData } = require('node:worker_threads');
const daemon = process.ppid;
function look() {
  if (process.memoryUsage.rss() > workerData || process.ppid !== daemon) process.kill(process.pid, 'SIGKILL');
}
look();
setInterval(look, 50);
parentPort.postMessage('watching');
`;

process.once('disconnect', () => process.exit(1));
process.once('message', (message: ToInspection) => void inspect(message));

async function inspect({ file, name, threads, memoryBytes }: ToInspection): Promise<void> {
  const watcher = new Worker(WATCH, { eval: true, workerData: memoryBytes, env: {} });
  await once(watcher, 'message');
  watcher.unref();
  const answer = await traitsOf(file, name, threads).then(
    (traits): FromInspection => ({ type: 'traits', traits }),
    (error: unknown): FromInspection => ({ type: 'failed', error: toWire(error) }),
  );
  process.send?.(answer, undefined, undefined, () => process.exit(0));
}

async function traitsOf(file: string, name: string, threads: number): Promise<RgbTraits> {
  const { size } = await stat(file);
  if (size > LARGEST_MODEL) throw new AppError('model.too-large', { file: name, limit: '512 MB' });
  return probeModel(name, await readFile(file), threads);
}
