import { AppError } from '@uprez/shared';
import type { Segment } from '../backends/backend.ts';
import type { MovWriter } from '../media/mov/mov-writer.ts';
import { decodeFrames, type SourceFrame } from './decoder.ts';
import { Encoder } from './encoder.ts';
import { Handover } from './handover.ts';
import type { Doubled, Inference } from './inference.ts';
import type { EncoderChoice, EnginePlan, Timing } from './plan.ts';
import { digest, FrameFacts } from './frame-facts.ts';
import type { QualityMeter } from './quality-meter.ts';
import { SegmentWriter } from './segment-writer.ts';
import { type Layout, layoutOf, segmentOf } from './segments.ts';
import { Sound } from './sound.ts';
import { RunningStatistics } from './statistics.ts';
import { StillPlaces } from './still-places.ts';

export interface PipelineOptions {
  plan: EnginePlan;
  timing: Timing;
  /** May still be on its way: decoding and inference start meanwhile. */
  choice: Promise<EncoderChoice>;
  inference: Inference;
  /** null where a look leaves nothing to compare with the source. */
  meter: QualityMeter | null;
  mov: MovWriter;
  /** Segments that earlier runs completed. */
  done: readonly Segment[];
  signal: AbortSignal;
  /** Resolves when a segment is on record. */
  record: (segment: Segment) => Promise<void>;
  onFrame: (framesDone: number) => void;
  onProcess: (name: string, pid: number) => void;
}

export interface PipelineStatistics {
  decode: RunningStatistics;
  upscale: RunningStatistics;
  combine: RunningStatistics;
}

/**
 * Results that may wait until it is known how to encode them, since inference would stand still meanwhile: so many bytes,
 * and no more frames than a kill may cost.
 */
const WAITING = { bytes: 128 * 1024 * 1024, frames: 16 };

/**
 * Decoder, inference and encoder at the same time, each a few frames ahead of the next. Resolves when every frame of
 * the job is on the disk. Throws when frames are missing anywhere, and says where.
 */
export async function runPipeline(options: PipelineOptions): Promise<PipelineStatistics> {
  const { plan, timing, choice } = options;
  const from = options.done.reduce((frames, segment) => frames + segment.frames.length, 0);
  const statistics = {
    decode: new RunningStatistics(),
    upscale: new RunningStatistics(),
    combine: new RunningStatistics(),
  };
  if (from === timing.frameCount) return statistics;
  const abort = new AbortController();
  const signal = AbortSignal.any([options.signal, abort.signal]);
  const layout = layoutOf(timing);
  const sounds = plan.audio.map((track) => new Sound(track, { plan, timing, from, signal }));
  const facts = new FrameFacts(layout);
  // Every lane has a frame, and the next one waits: all are busy, and memory stays small.
  const ahead = options.inference.lanes + 1;
  const doubled = new Handover<Promise<Doubled>>(Math.max(ahead, mostWaiting(options.inference)));
  const stages: Stages = {
    ...{ options, from, layout, signal, statistics, facts, doubled },
    encoder: choice.then((found) => {
      doubled.narrow(ahead);
      return startEncoder(options, found, { from, signal });
    }),
    writer: new SegmentWriter(options.mov, {
      ...{ layout, from, sounds, facts },
      measure: (segment) => options.meter?.measure(segment) ?? Promise.resolve(null),
      record: options.record,
    }),
  };
  await allOrNone([decodeAll(stages), encodeAll(stages), writeAll(stages)], () => {
    abort.abort(new AppError('local.engine-crashed', { why: 'another stage failed' }));
    stages.doubled.end();
  });
  await Promise.all(sounds.map((sound) => sound.close()));
  expectFrames('encoding', stages.writer.framesWritten, timing.frameCount);
  return statistics;
}

function mostWaiting({ resultBytes }: Inference): number {
  return Math.min(WAITING.frames, Math.floor(WAITING.bytes / resultBytes));
}

interface Stages {
  options: PipelineOptions;
  /** First output frame of this run. */
  from: number;
  layout: Layout;
  signal: AbortSignal;
  statistics: PipelineStatistics;
  facts: FrameFacts;
  doubled: Handover<Promise<Doubled>>;
  encoder: Promise<Encoder>;
  writer: SegmentWriter;
}

/** Hands decoded frames to the inference thread, a few ahead. */
async function decodeAll({ options, from, layout, signal, statistics, facts, doubled }: Stages): Promise<void> {
  const still = new StillPlaces(options.inference.frameBytes, options.plan.stillness.source);
  let waitedSince = performance.now();
  for await (const frame of resumedFrames(options, from, signal)) {
    statistics.decode.add(performance.now() - waitedSince);
    facts.sawSource(frame.index, frame.data);
    options.meter?.sawSource(frame.index, frame.data);
    still.keep(new Uint8Array(frame.data), { fresh: beginsSegment(frame.index, layout) });
    const result = options.inference.double(frame.index, frame.data);
    // Failures surface where the result is awaited, in order.
    result.catch(() => undefined);
    await doubled.put(result);
    waitedSince = performance.now();
  }
  doubled.end();
}

/** Hands finished frames to the encoder, in order. */
async function encodeAll({ options, doubled, facts, layout, statistics, ...stages }: Stages): Promise<void> {
  const encoder = await stages.encoder;
  const still = new StillPlaces(options.inference.resultBytes, options.plan.stillness.result);
  for await (const frame of doubled) {
    statistics.upscale.add(frame.milliseconds);
    facts.sawDoubled(frame.index, frame.milliseconds);
    still.keep(frame.planes, { fresh: beginsSegment(frame.index, layout) });
    options.meter?.sawResult(frame.index, frame.planes);
    const startedAt = performance.now();
    await encoder.write(frame.planes);
    statistics.combine.add(performance.now() - startedAt);
    frame.release();
  }
  encoder.end();
}

/** A segment's stillness starts from itself: a run that goes on there makes the same frames. */
function beginsSegment(frame: number, layout: Layout): boolean {
  return segmentOf(frame, layout).first === frame;
}

/** Appends what the encoder gives to the file. */
async function writeAll({ writer, options, ...stages }: Stages): Promise<void> {
  const encoder = await stages.encoder;
  for await (const frames of encoder.frames()) {
    await writer.append(frames);
    options.onFrame(writer.framesWritten);
  }
  await writer.flush();
}

/** Source frames of the job from output frame `from` on, proven to continue where the last run stopped. */
async function* resumedFrames(options: PipelineOptions, from: number, signal: AbortSignal) {
  const { timing, done } = options;
  const last = done.at(-1);
  if (!last) return yield* numbered(decode(options, { first: timing.firstFrame, count: timing.frameCount, signal }), 0);
  // One frame earlier: its digest tells whether the decoder found the right place again.
  const span = { first: timing.firstFrame + from - 1, count: timing.frameCount - from + 1, signal };
  for (const counted of [false, true]) {
    const frames = decode(options, { ...span, counted });
    const overlap = await frames.next();
    if (!overlap.done && digest(overlap.value.data) === last.sourceDigest) return yield* numbered(frames, from - 1);
    await frames.return();
  }
  throw new AppError('input.changed', { file: options.plan.source.path });
}

function decode(
  options: PipelineOptions,
  at: { first: number; count: number; signal: AbortSignal; counted?: boolean },
) {
  const { plan, timing, inference } = options;
  const { first, count, signal, counted = false } = at;
  return decodeFrames({
    ffmpeg: plan.ffmpeg,
    source: plan.source,
    frames: { first, count, jobFirst: timing.firstFrame, startSeconds: timing.startSeconds, counted },
    buffer: () => inference.frame(),
    signal,
    started: (pid) => options.onProcess('decoder', pid),
  });
}

async function* numbered(frames: AsyncGenerator<SourceFrame<SharedArrayBuffer>, void, undefined>, offset: number) {
  for await (const { index, data } of frames) yield { index: index + offset, data };
}

function startEncoder(
  options: PipelineOptions,
  choice: EncoderChoice,
  at: { from: number; signal: AbortSignal },
): Encoder {
  const { plan, timing, onProcess } = options;
  const { ffmpeg, source, frameRate, threads, output } = plan;
  const first = timing.firstFrame + at.from;
  const count = timing.frameCount - at.from;
  const frames = { first, count, jobFirst: timing.firstFrame, startSeconds: timing.startSeconds };
  const alpha = output.alpha ? { source, frames } : null;
  const format = { ...output.size, color: output.color, frameRate, threads, ...choice, alpha };
  const encoder = new Encoder(ffmpeg, format, at.signal);
  onProcess('encoder', encoder.pid);
  return encoder;
}

function expectFrames(stage: string, found: number, expected: number): void {
  if (found !== expected) throw new AppError('input.frame-mismatch', { stage, expected, found });
}

/** Waits for all loops to end; after the first failure the others are stopped, and that failure is thrown. */
async function allOrNone(loops: readonly Promise<void>[], stop: () => void): Promise<void> {
  let failure: { error: unknown } | undefined;
  const guarded = loops.map((loop) =>
    loop.catch((error: unknown) => {
      failure ??= { error };
      stop();
    }),
  );
  await Promise.all(guarded);
  if (failure) throw failure.error;
}
