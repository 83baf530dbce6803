import { decodeFrames } from '../../daemon/src/engine/decoder.ts';
import { Encoder } from '../../daemon/src/engine/encoder.ts';
import { Inference } from '../../daemon/src/engine/inference.ts';
import type { EnginePlan } from '../../daemon/src/engine/plan.ts';
import { decodeArgs } from '../../daemon/src/media/args.ts';
import { startFfmpeg } from '../../daemon/src/media/ffmpeg.ts';
import { type Cost, measured } from './measure.ts';

const inferenceScript = new URL('../../daemon/dist/inference.mjs', import.meta.url);
const forever = new AbortController().signal;

/** The decoder by itself, its frames thrown away as they come. */
export function decodeAlone(plan: EnginePlan, count: number): Promise<Cost> {
  return measured(async () => {
    const ffmpeg = startFfmpeg(plan.ffmpeg, decodeArgs(plan.source, { first: 0, jobFirst: 0, count, startSeconds: 0 }));
    ffmpeg.stdout.resume();
    await ffmpeg.ended;
  });
}

export interface InferenceCost extends Cost {
  /** Results of the preloaded frames, for the encoder's turn. */
  results: Uint8Array[];
}

/** The inference thread by itself on frames that are in memory, after a warm-up. */
export async function inferenceAlone(plan: EnginePlan, count: number): Promise<InferenceCost> {
  const inference = await Inference.open({ format: plan.source, ...plan }, inferenceScript);
  const frames = await preload(plan, inference.frameBytes);
  const results: Uint8Array[] = [];
  const run = async (index: number, keep: boolean): Promise<void> => {
    const frame = inference.frame();
    new Uint8Array(frame).set(frames[index % frames.length] ?? new Uint8Array());
    const done = await inference.double(index, frame);
    if (keep) results.push(done.planes.slice());
    done.release();
  };
  for (let i = 0; i < frames.length; i++) await run(i, true);
  const cost = await measured(async () => {
    // As many at once as the engine has.
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < count) await run(next++, false);
    };
    await Promise.all(Array.from({ length: inference.lanes }, lane));
  });
  await inference.close();
  return { ...cost, results };
}

/** The encoder by itself, fed from memory. */
export function encodeAlone(
  plan: EnginePlan,
  frames: readonly Uint8Array[],
  options: { count: number; quantiser: number },
): Promise<Cost & { result: number }> {
  const { color, size } = plan.output;
  return measured(async () => {
    const choice = { encoder: 'prores_ks', quantiser: options.quantiser, alpha: null } as const;
    const format = { ...size, color, frameRate: plan.frameRate, threads: plan.threads, ...choice };
    const encoder = new Encoder(plan.ffmpeg, format, forever);
    const feeding = (async () => {
      for (let i = 0; i < options.count; i++) await encoder.write(frames[i % frames.length] ?? new Uint8Array());
      encoder.end();
    })();
    let bytes = 0;
    for await (const group of encoder.frames()) for (const frame of group) bytes += frame.sizeBytes;
    await feeding;
    return bytes;
  });
}

/** Frames from all over the clip, so that the encoder sees what it will see. */
async function preload(plan: EnginePlan, frameBytes: number): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  const total = plan.sourceFrames ?? 1;
  const { ffmpeg, source } = plan;
  const span = { first: 0, jobFirst: 0, count: total, startSeconds: 0 };
  for await (const { index, data } of decodeFrames({
    ffmpeg,
    source,
    frames: span,
    buffer: () => new ArrayBuffer(frameBytes),
    signal: forever,
  }))
    if (index % Math.ceil(total / 12) === 0) frames.push(new Uint8Array(data));
  return frames;
}
