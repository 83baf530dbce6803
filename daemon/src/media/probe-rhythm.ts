import { type FrameRate, nearestRate, rateValue } from '@uprez/shared';

/** When frames are shown, in seconds: some or all of a clip's. */
export interface FrameTimes {
  times: Float64Array;
  /** True when these are all frames of the clip. */
  complete: boolean;
}

export interface Rhythm {
  rate: FrameRate;
  /** Every frame lies where the rate puts it. */
  steady: boolean;
}

/** A frame may lie off its place by this share of a frame: containers round to milliseconds or 1/600 s. */
const TOLERANCE = 0.25;
/** A share of the distances this large names the rate of a clip with gaps; below, the average does. */
const USUAL = 0.8;
const MIN_FRAMES = 3;

/**
 * Finds the rate at which frames follow each other. `declared` is believed where the times allow it, because times are
 * rounded and it may not be. Undefined for fewer than three frames.
 */
export function rhythmOf(unsorted: Float64Array, declared: FrameRate | undefined): Rhythm | undefined {
  const times = unsorted.toSorted();
  if (times.length < MIN_FRAMES || times.at(-1) === times[0]) return undefined;
  const mean = (times.at(-1)! - times[0]!) / (times.length - 1);
  const average = nearestRate(1 / mean);
  const steady = [declared, average].find((rate) => rate && isSteady(times, rate));
  if (steady) return { rate: steady, steady: true };
  const rate = usualRate(times) ?? average;
  return rate && { rate, steady: false };
}

function isSteady(times: Float64Array, rate: FrameRate): boolean {
  const frame = 1 / rateValue(rate);
  return times.every((time, i) => Math.abs(time - times[0]! - i * frame) < TOLERANCE * frame);
}

function usualRate(times: Float64Array): FrameRate | undefined {
  const distances = times.subarray(1).map((time, i) => time - times[i]!);
  const median = distances.toSorted()[distances.length >> 1]!;
  const near = distances.filter((distance) => Math.abs(distance - median) < 0.05 * median).length;
  return near >= USUAL * distances.length ? nearestRate(1 / median) : undefined;
}
