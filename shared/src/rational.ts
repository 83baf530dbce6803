import { z } from 'zod';

/** Frames per second as an exact fraction: 30000/1001, 24/1, 25/1. */
export const FrameRate = z.object({ num: z.int().positive(), den: z.int().positive() });
export type FrameRate = z.infer<typeof FrameRate>;

/** Reduces a fraction to lowest terms, so that equal rates compare equal. */
export function frameRate(num: number, den = 1): FrameRate {
  const divisor = greatestCommonDivisor(num, den);
  return { num: num / divisor, den: den / divisor };
}

export function sameRate(a: FrameRate, b: FrameRate): boolean {
  return a.num * b.den === b.num * a.den;
}

/** Frames per second as a floating-point number, for display and estimates only. */
export function rateValue(rate: FrameRate): number {
  return rate.num / rate.den;
}

/** "24", "23.976", "29.97": the way editors write rates. */
export function rateLabel(rate: FrameRate): string {
  return String(Math.round(rateValue(rate) * 1000) / 1000);
}

/** Parses "24", "23.976", "29.97", "30000/1001"; undefined when it is not a rate between 1 and 240. */
export function parseFrameRate(text: string): FrameRate | undefined {
  const fraction = /^(\d+)\/(\d+)$/.exec(text);
  if (fraction) return plausible(Number(fraction[1]), Number(fraction[2]));
  if (!/^\d+(\.\d+)?$/.test(text)) return undefined;
  return nearestRate(Number(text));
}

/**
 * The exact rate meant by a rounded decimal: x/1001 families first (23.976 → 24000/1001), then whole numbers,
 * then thousandths.
 */
export function nearestRate(value: number): FrameRate | undefined {
  const whole = Math.round(value);
  if (Math.abs(value - whole) < 0.0005) return plausible(whole, 1);
  const ntsc = Math.round(value * 1.001);
  if (Math.abs(value - (ntsc * 1000) / 1001) < 0.006) return plausible(ntsc * 1000, 1001);
  return plausible(Math.round(value * 1000), 1000);
}

/** Rates that sequences are made in. */
const standardRates: readonly FrameRate[] = [
  frameRate(24000, 1001),
  frameRate(24),
  frameRate(25),
  frameRate(30000, 1001),
  frameRate(30),
  frameRate(48),
  frameRate(50),
  frameRate(60000, 1001),
  frameRate(60),
];

/** The rate of a sequence that is closest by ratio. */
export function nearestStandardRate(rate: FrameRate): FrameRate {
  const distance = (candidate: FrameRate): number => Math.abs(Math.log(rateValue(candidate) / rateValue(rate)));
  return standardRates.reduce((best, candidate) => (distance(candidate) < distance(best) ? candidate : best));
}

function plausible(num: number, den: number): FrameRate | undefined {
  if (den === 0 || num / den < 1 || num / den > 240) return undefined;
  return frameRate(num, den);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
