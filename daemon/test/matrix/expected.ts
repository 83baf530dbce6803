import type { Combination } from './combinations.ts';
import { CLICK_FRAME, dueAt, firstShown, FRAMES, rateOf } from './source.ts';

/** What is asked of a job. */
export function rangeOf({ part }: Combination): { range: { from: number; to: number | null }; handles: number } {
  if (part === 'all') return { range: { from: 0, to: null }, handles: 0 };
  return part === 'cut' ? { range: { from: 5, to: 17 }, handles: 0 } : { range: { from: 8, to: 15 }, handles: 3 };
}

/** Frames of the clip's timeline that the result has: from, and up to (excluded). */
function spanOf({ part }: Combination): [number, number] {
  return { all: [0, Number.POSITIVE_INFINITY], cut: [5, 17], 'cut with handles': [5, 18] }[part] as [number, number];
}

/** Numbers of the result's frames. An even timeline shows at each place the latest frame that is due by then. */
export function expectedNumbers(combination: Combination): number[] {
  const first = firstShown(combination);
  const shown = Array.from({ length: FRAMES - first }, (_, i) => first + i);
  const places = shown.map((number) => Math.round(dueAt(number, combination) - dueAt(first, combination)));
  const timeline = shown.map((_, place) => shown[places.findLastIndex((at) => at <= place)] ?? -1);
  return timeline.slice(...spanOf(combination));
}

/** When every sound track of the result clicks, in seconds. */
export function expectedClick(combination: Combination): number {
  const { num, den } = rateOf(combination);
  const frames = dueAt(CLICK_FRAME, combination) - dueAt(firstShown(combination), combination);
  return ((frames - spanOf(combination)[0]) * den) / num;
}

/** Timecode of the result's first frame: 20 or 27 frames into the last second of a minute, and the part's first frame. */
export function expectedTimecode(combination: Combination): string | undefined {
  const { timecode } = combination;
  if (timecode === 'none') return undefined;
  const base = Math.ceil(rateOf(combination).num / rateOf(combination).den - 0.01);
  const drop = timecode === 'drop';
  const frame = (drop ? 27 : 20) + spanOf(combination)[0];
  const mark = drop ? ';' : ':';
  const two = (value: number): string => String(value).padStart(2, '0');
  if (frame < base) return `01:00:59${mark}${two(frame)}`;
  // The first two numbers of the minute are left out, four at twice the rate.
  return `01:01:00${mark}${two(frame - base + (drop ? base / 15 : 0))}`;
}

/** Primaries, transfer and matrix in container and frames: the curves of BT.601 and BT.709 are one curve. */
export const expectedTags = {
  '601': ['smpte170m', 'bt709', 'smpte170m'],
  '709': ['bt709', 'bt709', 'bt709'],
  '2020': ['bt2020', 'smpte2084', 'bt2020nc'],
} as const;
