import { AppError, type Size } from '@uprez/shared';
import { Encoder } from './encoder.ts';
import { decodeSamples } from './decoder.ts';
import { Handover } from './handover.ts';
import type { Doubled, Inference } from './inference.ts';
import type { EnginePlan, Timing } from './plan.ts';

/** How much more ProRes 4444 may take (ProRes White Paper, 2022): 330 Mb/s. */
const RATE_4444 = 1.5;

/**
 * Apple's target for ProRes 422 HQ (ProRes White Paper, 2022): 220 Mb/s at 1920x1080, 29.97 fps, which is 900 bits for
 * every 16x16 macroblock.
 */
export function targetFrameBytes({ width, height }: Size, alpha = false): number {
  return ((Math.ceil(width / 16) * Math.ceil(height / 16) * 900) / 8) * (alpha ? RATE_4444 : 1);
}

/** Coarser than this no footage has needed; noise of 4 codes on every pixel stays below at 10. */
const COARSEST = 16;

/** Of the target, what frames may take at most. There is nothing finer than 1 to buy, so it may take a little more. */
const MOST_RATIO = 1.1;
const MOST_RATIO_AT_1 = 1.2;

/** What `npm run bench` makes of it: 0.71 from 1 to 2 on its detailed clip, 0.73 from 1 to 7 and 0.65 beyond on noise. */
const SHRINKING = 0.7;

function fits(quantiser: number, ratio: number): boolean {
  return ratio <= (quantiser === 1 ? MOST_RATIO_AT_1 : MOST_RATIO);
}

/**
 * The finest quantiser that keeps the clip near the HQ data rate, found by encoding a few finished frames from all over
 * it. Looking for it once costs less than a hundredth of letting the encoder search in every slice.
 */
export async function chooseQuantiser(
  plan: EnginePlan,
  timing: Timing,
  tools: { inference: Inference; signal: AbortSignal },
): Promise<number> {
  const sampling = { plan, timing, ...tools };
  const samples: Doubled[] = [];
  // The first trial encodes the samples while they are being made.
  const bytes = await encodedBytes(sampling, { frames: doubledSamples(sampling, samples), quantiser: 1 });
  if (samples.length === 0) throw new AppError('input.frame-mismatch', { stage: 'sampling', expected: 1, found: 0 });
  const target = targetFrameBytes(plan.output.size) * samples.length;
  const quantiser = await finestFitting(
    bytes / target,
    async (tried) => (await encodedBytes(sampling, { frames: samples, quantiser: tried })) / target,
  );
  for (const sample of samples) sample.release();
  return quantiser;
}

/**
 * The finest quantiser that fits, given what 1 takes of the target, and COARSEST where nothing does. Frames that get
 * twice the quantiser take about SHRINKING of their bytes, so few have to be tried; that the next finer one does not fit
 * is always tried.
 */
export async function finestFitting(
  ratioAt1: number,
  ratioAt: (quantiser: number) => Promise<number>,
): Promise<number> {
  if (fits(1, ratioAt1)) return 1;
  let tooFine = { quantiser: 1, ratio: ratioAt1 };
  let fitting = COARSEST;
  while (fitting - tooFine.quantiser > 1) {
    const doublings = Math.log(tooFine.ratio / MOST_RATIO) / -Math.log(SHRINKING);
    const likely = Math.ceil(tooFine.quantiser * 2 ** doublings);
    const quantiser = Math.min(Math.max(likely, tooFine.quantiser + 1), fitting - 1);
    const ratio = await ratioAt(quantiser);
    if (fits(quantiser, ratio)) fitting = quantiser;
    else tooFine = { quantiser, ratio };
  }
  return fitting;
}

/** Enough to meet the clip's busy parts as well as its calm ones. */
const MOST_SAMPLES = 5;
const FRAMES_PER_SAMPLE = 80;

/** Up to this length one decoder that runs through finds all samples sooner than several that each seek. */
const SHORT_RANGE = 600;

/** Frames that a clip is sampled by, given the size of its result. */
export function sampleCount({ width, height }: Size, frameCount: number): number {
  const most = width * height > 4_000_000 ? 3 : MOST_SAMPLES;
  return Math.min(Math.max(2, Math.ceil(frameCount / FRAMES_PER_SAMPLE)), most, frameCount);
}

/**
 * Frames spread over the range, in the groups in which they are decoded; fewer where frames are large, since all are
 * held at once.
 */
function samplePositions(plan: EnginePlan, timing: { firstFrame: number; frameCount: number }): number[][] {
  const { firstFrame, frameCount } = timing;
  const count = sampleCount(plan.output.size, frameCount);
  const positions = Array.from({ length: count }, (_, i) => firstFrame + Math.floor(((i + 0.5) * frameCount) / count));
  return frameCount > SHORT_RANGE ? positions.map((position) => [position]) : [positions];
}

interface Sampling {
  plan: EnginePlan;
  timing: Timing;
  inference: Inference;
  signal: AbortSignal;
}

/** Decodes and doubles the samples, and collects them in `into` as well. */
async function* doubledSamples(sampling: Sampling, into: Doubled[]): AsyncGenerator<Doubled, void, undefined> {
  const { plan, timing } = sampling;
  const made = new Handover<Promise<Doubled>>(MOST_SAMPLES);
  const making = Promise.all(samplePositions(plan, timing).map((positions) => decodeGroup(sampling, positions, made)));
  const ended = making.finally(() => made.end());
  ended.catch(() => undefined);
  for await (const sample of made) {
    into.push(sample);
    yield sample;
  }
  await ended;
}

async function decodeGroup(sampling: Sampling, positions: number[], made: Handover<Promise<Doubled>>): Promise<void> {
  const { plan, timing, inference, signal } = sampling;
  const { ffmpeg, source } = plan;
  const frames = { positions, startSeconds: timing.startSeconds };
  for await (const data of decodeSamples({ ffmpeg, source, buffer: () => inference.frame(), signal }, frames)) {
    const doubling = inference.double(positions[0] ?? 0, data);
    doubling.catch(() => undefined);
    await made.put(doubling);
  }
}

async function encodedBytes(
  { plan, signal }: Sampling,
  trial: { frames: Iterable<Doubled> | AsyncIterable<Doubled>; quantiser: number },
): Promise<number> {
  const { ffmpeg, frameRate, threads, output } = plan;
  const choice = { encoder: 'prores_ks', quantiser: trial.quantiser } as const;
  const format = { ...output.size, color: output.color, frameRate, threads, ...choice, alpha: null };
  const encoder = new Encoder(ffmpeg, format, signal);
  let fed = 0;
  const feeding = (async () => {
    for await (const frame of trial.frames) {
      await encoder.write(frame.planes);
      fed += 1;
    }
    encoder.end();
  })();
  const sizes: number[] = [];
  const counting = (async () => {
    for await (const frames of encoder.frames()) sizes.push(...frames.map(({ sizeBytes }) => sizeBytes));
  })();
  // What went wrong while making the frames explains more than the encoder that got none.
  await feeding.catch((error: unknown) => {
    encoder.end();
    return counting.catch(() => undefined).then(() => Promise.reject(error as Error));
  });
  await counting;
  // Frames that are missing take no room: any quantiser would seem to fit.
  if (sizes.length < fed)
    throw new AppError('local.encoder-failed', { frame: sizes.length, why: `a trial of ${fed} frames ended early` });
  return sizes.reduce((sum, size) => sum + size, 0);
}
