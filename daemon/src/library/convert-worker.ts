import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { toOnnx } from '../models/networks/convert.ts';
import type { Conversion, Converted } from './conversion.ts';

/** Entry of the thread: converts one file and ends. */
function run({ from, to, format, notes }: Conversion): Converted {
  try {
    const onnx = toOnnx(readFileSync(from), format, notes);
    const handle = openSync(to, 'wx', 0o600);
    try {
      writeFileSync(handle, onnx);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    return { sha256: createHash('sha256').update(onnx).digest('hex') };
  } catch (error) {
    const { message, code } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error) };
    return { failure: message, code };
  }
}

parentPort?.postMessage(run(workerData as Conversion));
