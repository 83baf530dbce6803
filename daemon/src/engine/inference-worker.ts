import { parentPort, workerData } from 'node:worker_threads';
import type { FailureKind, FrameBuffers, FromThread, ThreadSetup, ToThread } from './inference-thread.ts';
import { Pass } from './pass.ts';
import type { PassPlan } from './pass-plan.ts';
import { prove } from './proof.ts';

/** Inference blocks its thread completely, so it has this one to itself. */
const port = parentPort;
if (!port) throw new Error('runs as a worker thread only');

/** A failure that says where it happened. */
class Failed extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.kind = kind === 'numbers' || !lacksMemory.test(this.message) ? kind : 'memory';
  }
}

/** onnxruntime, its providers, their drivers and JavaScript all say it differently. */
const lacksMemory =
  /(out of|not enough|insufficient)\s+\w*\s*memory|bad_?alloc|fail\w* to alloc|allocation fail|8007000E|exceeds the max|than requested bytes/i;

const { way, threads } = workerData as ThreadSetup;
let opening: Promise<Pass[]> = Promise.resolve([]);
let proven = false;

/** Frames are doubled one after the other: two at a time would share the buffers between two passes. */
let queue: Promise<void> = Promise.resolve();
port.on('message', (message: ToThread) => {
  if (message.type === 'open') open(message.passes);
  else queue = queue.then(() => (message.type === 'retire' ? retire() : answer(message)));
});

async function answer({ frame, result }: FrameBuffers): Promise<void> {
  const reply = await double({ frame, result }).catch((error: unknown): FromThread => {
    const failed = error instanceof Failed ? error : new Failed('run', error);
    return { type: 'failed', kind: failed.kind, why: failed.message };
  });
  port?.postMessage(reply);
}

async function double({ frame, result }: FrameBuffers): Promise<FromThread> {
  const passes = await opening;
  const startedAt = performance.now();
  let input: ArrayBufferLike = frame;
  for (const [i, pass] of passes.entries()) {
    const last = i === passes.length - 1;
    const output = last ? result : intermediate(i, pass.to.byteLength);
    await pass.run(input, output);
    if (!proven) await proveNumbers(pass, input, output);
    input = output;
  }
  proven = true;
  return { type: 'doubled', milliseconds: performance.now() - startedAt };
}

async function proveNumbers(pass: Pass, input: ArrayBufferLike, output: ArrayBufferLike): Promise<void> {
  const { proof } = pass.plan;
  if (proof === null) return;
  await prove(pass, { input, output }, { proof, precision: way.precision }).catch((error: unknown) => {
    throw new Failed('numbers', error);
  });
}

function open(plans: readonly PassPlan[]): void {
  opening = openPasses(plans).catch((error: unknown) => Promise.reject(new Failed('open', error)));
  // A graph that can't be built is reported with the first frame; until then nobody listens.
  opening.catch(() => undefined);
}

async function openPasses(plans: readonly PassPlan[]): Promise<Pass[]> {
  const passes: Pass[] = [];
  try {
    for (const plan of plans) passes.push(await Pass.open(plan, way, threads));
  } catch (error) {
    for (const pass of passes) await pass.close();
    throw error;
  }
  return passes;
}

const between = new Map<number, ArrayBuffer>();

/** The frame between two passes never leaves this thread, so one buffer serves all frames. */
function intermediate(index: number, byteLength: number): ArrayBuffer {
  const buffer = between.get(index) ?? new ArrayBuffer(byteLength);
  between.set(index, buffer);
  return buffer;
}

/** Gives the sessions' memory back; without a port to listen to, the thread ends. */
async function retire(): Promise<void> {
  for (const pass of await opening.catch(() => [])) await pass.close();
  port?.close();
}
