import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { PairMeasure } from '../backends/backend.ts';
import type { PairPlanes, QualityWork } from './quality-meter.ts';

/** The thread that measures pairs of frames, one after the other; answers each with a measure, or null where it failed. */
const port = parentPort;
if (!port) throw new Error('runs as a worker thread only');

const { graph, format, scale } = workerData as QualityWork;
const session = InferenceSession.create(graph, {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});
// A graph that can't be built fails every pair; until the first nobody listens.
session.catch(() => undefined);

let queue: Promise<void> = Promise.resolve();
port.on('message', (pair: PairPlanes) => {
  queue = queue.then(() =>
    measure(pair).then(
      (found) => port.postMessage(found),
      () => port.postMessage(null),
    ),
  );
});

async function measure({ a, b, A, B }: PairPlanes): Promise<PairMeasure> {
  const running = await session;
  const found = await running.run({ a: source(a), b: source(b), A: result(A), B: result(B) });
  const [squaredError = 0, still = 0, change = 0, reference = 0] = (found['measure']?.data ?? []) as Float32Array;
  return { squaredError, still, change, reference };
}

function source(codes: ArrayBuffer): Tensor {
  const dims = [1, 1, format.height, format.width];
  return format.depth === 8
    ? new Tensor('uint8', new Uint8Array(codes), dims)
    : new Tensor('uint16', new Uint16Array(codes), dims);
}

function result(codes: ArrayBuffer): Tensor {
  return new Tensor('uint16', new Uint16Array(codes), [1, 1, format.height * scale, format.width * scale]);
}
