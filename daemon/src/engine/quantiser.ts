import { AppError, type Size } from '@uprez/shared';
import { Encoder } from './encoder.ts';
import { decodeSamples } from './decoder.ts';
import type { Doubled, Inference } from './inference.ts';
import type { EnginePlan, Findings } from './plan.ts';

/**
 * Apple's target for ProRes 422 HQ (ProRes White Paper, 2022): 220 Mb/s at 1920x1080, 29.97 fps, which is 900 bits for
 * every 16x16 macroblock.
 */
export function targetFrameBytes({ width, height }: Size): number {
  return (Math.ceil(width / 16) * Math.ceil(height / 16) * 900) / 8;
}

/** Coarser than this no footage has needed; noise of 4 codes on every pixel stays below at 10. */
const COARSEST = 16;

/**
 * May a clip whose frames take `ratio` of the target be encoded with this quantiser? There is nothing finer than 1 to
 * buy, so it may take a little more.
 */
function fits(quantiser: number, ratio: number): boolean {
  return ratio <= (quantiser === 1 ? 1.2 : 1.1);
}

/**
 * The finest quantiser that keeps the clip near the HQ data rate, found by encoding a few finished frames from all over
 * it. Looking for it once costs less than a hundredth of letting the encoder search in every slice.
 */
export async function chooseQuantiser(
  plan: EnginePlan,
  timing: Omit<Findings, 'quantiser'>,
  tools: { inference: Inference; signal: AbortSignal },
): Promise<number> {
  const groups = samplePositions(plan, timing);
  const samples = (await Promise.all(groups.map((group) => doubledSamples({ plan, timing, ...tools }, group)))).flat();
  if (samples.length === 0) throw new AppError('input.frame-mismatch', { stage: 'sampling', expected: 1, found: 0 });
  const target = targetFrameBytes(plan.output.size) * samples.length;
  let quantiser = 1;
  while (quantiser < COARSEST) {
    const bytes = await encodedBytes(plan, { samples, quantiser, signal: tools.signal });
    if (fits(quantiser, bytes / target)) break;
    quantiser += 1;
  }
  for (const sample of samples) sample.release();
  return quantiser;
}

/** Up to this length one decoder that runs through finds all samples sooner than several that each seek. */
const SHORT_RANGE = 600;

/**
 * Frames spread over the range, in the groups in which they are decoded; fewer where frames are large, since all are
 * held at once.
 */
function samplePositions(plan: EnginePlan, timing: { firstFrame: number; frameCount: number }): number[][] {
  const { width, height } = plan.output.size;
  const { firstFrame, frameCount } = timing;
  const count = Math.min(width * height > 4_000_000 ? 3 : 5, frameCount);
  const positions = Array.from({ length: count }, (_, i) => firstFrame + Math.floor(((i + 0.5) * frameCount) / count));
  return frameCount > SHORT_RANGE ? positions.map((position) => [position]) : [positions];
}

interface Sampling {
  plan: EnginePlan;
  timing: Omit<Findings, 'quantiser'>;
  inference: Inference;
  signal: AbortSignal;
}

async function doubledSamples({ plan, timing, inference, signal }: Sampling, positions: number[]): Promise<Doubled[]> {
  const { ffmpeg, source } = plan;
  const frames = { positions, startSeconds: timing.startSeconds };
  const samples = await decodeSamples({ ffmpeg, source, buffer: () => inference.frame(), signal }, frames);
  return Promise.all(samples.map((data, i) => inference.double(positions[i] ?? 0, data)));
}

async function encodedBytes(
  plan: EnginePlan,
  options: { samples: readonly Doubled[]; quantiser: number; signal: AbortSignal },
): Promise<number> {
  const { samples, quantiser, signal } = options;
  const { size, color } = plan.output;
  const encoder = new Encoder(
    plan.ffmpeg,
    { ...size, color, frameRate: plan.frameRate, quantiser, threads: plan.threads },
    signal,
  );
  const feeding = (async () => {
    for (const sample of samples) await encoder.write(sample.planes);
    encoder.end();
  })();
  let bytes = 0;
  for await (const frames of encoder.frames()) for (const frame of frames) bytes += frame.sizeBytes;
  await feeding;
  return bytes;
}
