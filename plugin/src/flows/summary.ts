import { type Estimate, formatTimecode, frameRate, type FrameRate, type Size, TICKS_PER_SECOND } from '@uprez/shared';
import type { SelectedClip, Selection } from '../host/host.ts';

/** Length of all selected clips together as timecode; null where it isn't known, as of whole files in a bin. */
export function selectionLength({ sequence, clips }: Selection): string | null {
  if (!sequence || clips.length === 0 || clips.some(({ place }) => !place)) return null;
  const ticks = clips.reduce((sum, { place }) => (place ? sum + BigInt(place.end) - BigInt(place.start) : sum), 0n);
  const perFrame = BigInt(sequence.ticksPerFrame);
  return formatTimecode(Number(ticks / perFrame), sequenceRate(sequence.ticksPerFrame));
}

/** Which part of its file a clip shows, as timecode from the file's first frame; null: all of it. */
export function clipPart({ range, frameRate: rate }: SelectedClip): string | null {
  if (!rate || (range.from === 0 && range.to === null)) return null;
  const at = (frame: number): string => formatTimecode(frame, rate);
  return range.to === null ? `${at(range.from)} –` : `${at(range.from)} – ${at(range.to)}`;
}

/** What all jobs of a plan take together. */
export interface Totals {
  seconds: number;
  /** null: nothing is charged. */
  credits: number | null;
  outputBytes: number;
  frames: number;
  /** The sizes that come out, each once, the largest first. */
  sizes: Size[];
}

export function totalsOf(estimates: readonly Estimate[]): Totals {
  const sum = (of: (estimate: Estimate) => number): number => estimates.reduce((total, each) => total + of(each), 0);
  const paid = estimates.filter(({ credits }) => credits !== null);
  const sizes = new Map(estimates.map(({ width, height }) => [`${width}x${height}`, { width, height }]));
  return {
    seconds: sum(({ seconds }) => seconds),
    credits: paid.length === 0 ? null : sum(({ credits }) => credits ?? 0),
    outputBytes: sum(({ outputBytes }) => outputBytes),
    frames: sum(({ frames }) => frames),
    sizes: [...sizes.values()].toSorted((a, b) => b.width * b.height - a.width * a.height),
  };
}

/** 254 016 000 000 ticks a second divide by every frame's length, so the fraction is exact. */
function sequenceRate(ticksPerFrame: string): FrameRate {
  const perFrame = Number(ticksPerFrame);
  const perSecond = Number(TICKS_PER_SECOND);
  return frameRate(perSecond, perFrame);
}
