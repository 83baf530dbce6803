import { AppError, type Size } from '@uprez/shared';
import { inspectGraph, readModel, type RgbGraphFacts } from '../models/rgb-inspection.ts';
import { memoryPerSample } from '../models/rgb-memory.ts';
import { theoreticalReach } from '../models/rgb-reach.ts';
import type { RgbTraits } from '../models/rgb-traits.ts';
import { proveUpscaler } from './probe-proof.ts';
import { findOverlap } from './probe-overlap.ts';
import { colors, meanDifference, noise, reduced } from './probe-pictures.ts';
import { ProbeSession } from './probe-session.ts';

/** The mean error of colours that an upscaler may make, where white is 1. */
const COLOR_BOUND = 0.1;

/** Sizes that are multiples of these and of nothing larger; sides differ, so that they can't be mistaken. */
const sizes: readonly (Size & { multiple: number })[] = [
  { multiple: 1, width: 67, height: 71 },
  { multiple: 2, width: 62, height: 74 },
  { multiple: 4, width: 68, height: 76 },
  { multiple: 8, width: 88, height: 104 },
  { multiple: 16, width: 80, height: 112 },
  { multiple: 32, width: 96, height: 160 },
  { multiple: 64, width: 192, height: 128 },
];

/**
 * Finds out what an RGB network is by looking at it and by running it on small pictures. To be called in a process of its
 * own: networks may crash it, or never end. Throws `model.misbehaves`, `model.unusable` and what inspectGraph throws.
 */
export async function probeModel(file: string, bytes: Uint8Array, threads: number): Promise<RgbTraits> {
  const model = readModel(file, bytes);
  const facts = inspectGraph(file, model);
  const trial = await ProbeSession.open(bytes, facts, threads).catch((cause: unknown) => {
    throw new AppError('model.unusable', { file, why: firstLine(cause) }, { cause });
  });
  try {
    const { multiple, size, scale } = await findScale(trial, facts);
    const white = await findWhite(trial, { size, scale });
    const seen = facts.wholePicture ? null : await findOverlap(trial, { facts, multiple, scale, white });
    const overlap = seen === null ? null : widened(seen, theoreticalReach(model.graph, facts.names.input), multiple);
    const { names, element, fixed, opset } = facts;
    const bytesPerSample = memoryPerSample(model.graph, names.input);
    const traits = { scale, white, element, multiple, fixed, overlap, names, opset, bytesPerSample };
    await proveUpscaler(model, traits);
    return traits;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('model.misbehaves', { file, why: firstLine(cause) }, { cause });
  } finally {
    await trial.close();
  }
}

/** The smallest multiple that sides must have, and how much pictures grow. Throws where no size gives a larger picture. */
async function findScale(
  trial: ProbeSession,
  { fixed }: RgbGraphFacts,
): Promise<{ multiple: number; size: Size; scale: RgbTraits['scale'] }> {
  let failure: unknown;
  for (const { multiple, ...size } of fixed ? [{ ...fixed, multiple: 1 }] : sizes) {
    try {
      const result = await trial.run(noise(size, 1), 1);
      return { multiple, size, scale: scaleOf(size, result) };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function scaleOf(from: Size, to: Size): RgbTraits['scale'] {
  const scale = to.width / from.width;
  const same = to.height / from.height === scale;
  if (same && (scale === 1 || scale === 2 || scale === 3 || scale === 4)) return scale;
  throw new Error(`${from.width}x${from.height} becomes ${to.width}x${to.height}`);
}

/**
 * The values of white by which a picture comes back most like itself. Networks without offsets don't care, so 1 is taken
 * unless another is clearly better.
 */
async function findWhite(
  trial: ProbeSession,
  { size, scale }: { size: Size; scale: number },
): Promise<RgbTraits['white']> {
  const picture = colors(size);
  const tries: { white: RgbTraits['white']; error: number }[] = [];
  for (const input of [1, 255] as const) {
    const result = reduced(await trial.run(picture, input), scale);
    if (!result.values.every(Number.isFinite)) throw new Error('it returns numbers that are none');
    for (const output of [1, 255] as const) {
      const error = meanDifference(result, picture, { one: 1 / output, other: 1 });
      tries.push({ white: { input, output }, error });
    }
  }
  const [usual, ...others] = tries;
  const best = others.reduce((a, b) => (b.error < a.error ? b : a));
  const chosen = usual && usual.error <= 2 * best.error + 0.01 ? usual : best;
  if (chosen.error > COLOR_BOUND) throw new Error('a soft picture comes back in other colours');
  return chosen.white;
}

/**
 * Noise is not every picture: what was seen is widened, by a quarter or, where that is not much more, to what the operators
 * can see at most. Deep networks could see much farther than they ever do.
 */
function widened(seen: number, possible: number | null, multiple: number): number {
  const most = possible ?? Number.POSITIVE_INFINITY;
  const wanted = most <= 1.5 * seen + 4 ? most : 1.25 * seen;
  return Math.ceil(Math.max(seen, wanted) / multiple) * multiple;
}

function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return (text.split('\n')[0] ?? '').slice(0, 200);
}
