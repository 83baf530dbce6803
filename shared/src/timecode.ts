import { AppError } from './errors.ts';
import { type FrameRate, rateValue } from './rational.ts';

/** Premiere's time base: ticks per second, divisible by every common frame and sample rate. */
export const TICKS_PER_SECOND = 254_016_000_000n;

/** Start of a frame in ticks, exact for every rate whose frame length is a whole number of ticks. */
export function framesToTicks(frames: number, rate: FrameRate): bigint {
  return (BigInt(frames) * TICKS_PER_SECOND * BigInt(rate.den)) / BigInt(rate.num);
}

/** Frame that contains a tick position (rounded down, never across a frame start). */
export function ticksToFrames(ticks: bigint, rate: FrameRate): number {
  const frames = (ticks * BigInt(rate.num)) / (TICKS_PER_SECOND * BigInt(rate.den));
  return Number(framesToTicks(Number(frames) + 1, rate) <= ticks ? frames + 1n : frames);
}

export function framesToSeconds(frames: number, rate: FrameRate): number {
  return (frames * rate.den) / rate.num;
}

/** Nearest frame boundary to a time in seconds. */
export function secondsToFrames(seconds: number, rate: FrameRate): number {
  return Math.round((seconds * rate.num) / rate.den);
}

/** Drop-frame timecode exists for 30000/1001 and 60000/1001 only (SMPTE ST 12-1). */
export function allowsDropFrame(rate: FrameRate): boolean {
  return rate.den === 1001 && (rate.num === 30000 || rate.num === 60000);
}

/**
 * SMPTE timecode of a frame counted from 00:00:00:00. Drop-frame skips the first 2 (4 at 59.94) numbers of every minute
 * that is not a multiple of ten, and is written with a semicolon before the frames.
 */
export function formatTimecode(frame: number, rate: FrameRate, dropFrame = false): string {
  const base = Math.round(rateValue(rate));
  const number = dropFrame ? frame + droppedNumbers(frame, base) : frame;
  const parts = [base * 3600, base * 60, base].map((size, i) => Math.floor(number / size) % (i === 0 ? 24 : 60));
  const [h, m, s] = parts.map(twoDigits);
  return `${h}:${m}:${s}${dropFrame ? ';' : ':'}${twoDigits(number % base)}`;
}

/** Frame number of a timecode; `;` before the frames marks drop-frame. Throws `input.bad-time` when it is not one. */
export function parseTimecode(text: string, rate: FrameRate): number {
  const match = /^(\d{1,2}):([0-5]\d):([0-5]\d)([:;.])(\d{2})$/.exec(text);
  const base = Math.round(rateValue(rate));
  if (!match || Number(match[5]) >= base) throw new AppError('input.bad-time', { text });
  const [h, m, s, f] = [match[1], match[2], match[3], match[5]].map(Number) as [number, number, number, number];
  const number = (h * 3600 + m * 60 + s) * base + f;
  if (match[4] !== ';') return number;
  if (!allowsDropFrame(rate)) throw new AppError('input.bad-time', { text });
  const perMinute = base / 15;
  const minutes = h * 60 + m;
  if (m % 10 !== 0 && s === 0 && f < perMinute) throw new AppError('input.bad-time', { text });
  return number - perMinute * (minutes - Math.floor(minutes / 10));
}

/**
 * Time as people type it: seconds ("12", "3.5"), `hh:mm:ss.mmm` or timecode `hh:mm:ss:ff`, counted from the first frame
 * of the clip. Returns a frame number. Throws `input.bad-time`.
 */
export function parseTime(text: string, rate: FrameRate): number {
  if (/^\d+(\.\d+)?$/.test(text)) return secondsToFrames(Number(text), rate);
  const clock = /^(\d{1,2}):([0-5]\d):([0-5]\d)(\.\d{1,3})?$/.exec(text);
  if (!clock) return parseTimecode(text, rate);
  const seconds = Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3]) + Number(clock[4] ?? 0);
  return secondsToFrames(seconds, rate);
}

function droppedNumbers(frame: number, base: number): number {
  const perMinute = base / 15;
  const perTenMinutes = base * 600 - perMinute * 9;
  const tens = Math.floor(frame / perTenMinutes);
  const rest = frame % perTenMinutes;
  const minutes = rest < base * 60 ? 0 : Math.floor((rest - base * 60) / (base * 60 - perMinute)) + 1;
  return perMinute * (tens * 9 + minutes);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
