import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { decodeModel } from '../models/onnx.ts';
import { planesGraph, type PlanesFormat } from '../models/planes-graph.ts';
import { rgbGraph } from '../models/rgb-graph.ts';
import { rgbChain } from '../models/rgb-traits.ts';
import type { FromThread, ThreadSetup, ToThread } from './inference-thread.ts';
import { enlarged, type Plane, planesLayout, type PlanesLayout } from './planes.ts';

/**
 * Inference blocks its thread completely, so it has this one to itself. Frames come and go as transferred buffers:
 * nothing is copied between the threads.
 */
const port = parentPort;
if (!port) throw new Error('runs as a worker thread only');

interface Doubling {
  session: InferenceSession;
  from: PlanesLayout;
  to: PlanesLayout;
}

const setup = workerData as ThreadSetup;
const doublings = openDoublings(setup);
// A graph that can't be built is reported with the first frame; until then nobody listens.
doublings.catch(() => undefined);

/** Frames are doubled one after the other: two at a time would share the buffers between two doublings. */
let queue: Promise<void> = Promise.resolve();
port.on('message', (message: ToThread) => {
  queue = queue.then(() =>
    double(message).then(
      (reply) => port.postMessage(reply, transfers(reply)),
      (error: unknown) => port.postMessage({ type: 'failed', why: String(error) } satisfies FromThread),
    ),
  );
});

async function double({ index, frame, result }: ToThread): Promise<FromThread> {
  const chain = await doublings;
  const startedAt = performance.now();
  let input = frame;
  for (const [i, doubling] of chain.entries()) {
    const last = i === chain.length - 1;
    const output = last ? result : intermediate(i, doubling.to.byteLength);
    await runSession(doubling, input, output);
    input = output;
  }
  return { type: 'doubled', index, frame, result, milliseconds: performance.now() - startedAt };
}

async function runSession({ session, from, to }: Doubling, input: ArrayBuffer, output: ArrayBuffer): Promise<void> {
  const feeds = { y: tensor(input, from, from.y), u: tensor(input, from, from.u), v: tensor(input, from, from.v) };
  const fetches = { Y: tensor(output, to, to.y), U: tensor(output, to, to.u), V: tensor(output, to, to.v) };
  await session.run(feeds, fetches);
}

async function openDoublings({ format, scale, model, threads }: ThreadSetup): Promise<Doubling[]> {
  const network = model.kind === 'interpolation' ? undefined : decodeModel(await readFile(model.file));
  const chain: Doubling[] = [];
  let current: PlanesFormat = format;
  for (const factor of model.kind === 'rgb' ? rgbChain(model.traits.scale, scale) : doublingChain[scale]) {
    const graph =
      model.kind === 'rgb' && network
        ? rgbGraph({ format: current, model: network, traits: model.traits, scale: factor })
        : planesGraph(current, network);
    const next = enlarged(current, factor);
    chain.push({ session: await openSession(graph, threads), from: planesLayout(current), to: planesLayout(next) });
    current = next;
  }
  return chain;
}

/** What graphs that double are run for each scale. */
const doublingChain = { 2: [2], 4: [2, 2] } as const;

function openSession(graph: Uint8Array, threads: number): Promise<InferenceSession> {
  return InferenceSession.create(graph, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Spinning threads would take the cores that decoder and encoder need meanwhile.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
}

const between = new Map<number, ArrayBuffer>();

/** The frame between two doublings never leaves this thread, so one buffer serves all frames. */
function intermediate(index: number, byteLength: number): ArrayBuffer {
  const buffer = between.get(index) ?? new ArrayBuffer(byteLength);
  between.set(index, buffer);
  return buffer;
}

function tensor(buffer: ArrayBuffer, layout: PlanesLayout, plane: Plane): Tensor {
  const dims = [1, 1, plane.height, plane.width];
  return layout.bytesPerSample === 1
    ? new Tensor('uint8', new Uint8Array(buffer, plane.start, plane.length), dims)
    : new Tensor('uint16', new Uint16Array(buffer, plane.start * 2, plane.length), dims);
}

function transfers(reply: FromThread): ArrayBuffer[] {
  return reply.type === 'doubled' ? [reply.frame, reply.result] : [];
}
