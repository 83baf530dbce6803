import { type FrameRange, type FrameRate, nearestRate, TICKS_PER_SECOND, ticksToFrames } from '@uprez/shared';

/** The exact rate behind the decimal number that the host gives; null where that is no rate. */
export function exactRate(value: number): FrameRate | null {
  return nearestRate(value) ?? null;
}

/** Frames of a source that show between two positions in it: also those of which only a part shows. */
export function framesBetween(from: bigint, to: bigint, rate: FrameRate): FrameRange {
  const first = ticksToFrames(from < 0n ? 0n : from, rate);
  const last = ticksToFrames(to - 1n, rate);
  return { from: first, to: Math.max(first, last) + 1 };
}

/** Length of a frame, rounded up to whole ticks. */
export function frameTicks(rate: FrameRate): bigint {
  const num = BigInt(rate.num);
  return (TICKS_PER_SECOND * BigInt(rate.den) + num - 1n) / num;
}
