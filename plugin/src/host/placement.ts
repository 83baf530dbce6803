import { framesToTicks } from '@uprez/shared';
import type { Delivery, Target } from './host.ts';
import { frameTicks } from './rates.ts';

/** A clip on a timeline, as far as placing cares. */
export interface Lying {
  readonly track: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly in: bigint;
  readonly out: bigint;
  readonly itemId: string;
  readonly disabled: boolean;
}

/**
 * The clips that each target has become: itself where nobody touched it, else wherever it was moved to, what is left of it
 * after trimming, or its pieces. No clip is given to two targets. Pure.
 */
export function findOriginals<C extends Lying>(targets: readonly Target[], clips: readonly C[]): Map<string, C[]> {
  const free = new Set(clips);
  const found = new Map<string, C[]>();
  const take = (target: Target, taken: readonly C[]): void => {
    if (taken.length === 0) return;
    found.set(target.key, [...taken]);
    for (const clip of taken) free.delete(clip);
  };
  for (const fits of [untouched, moved, trimmed]) {
    for (const target of targets) {
      if (found.has(target.key)) continue;
      const candidates = [...free].filter((clip) => clip.itemId === target.itemId && fits(target, clip));
      take(target, fits === trimmed ? candidates : nearest(target, candidates));
    }
  }
  return found;
}

function untouched(target: Target, clip: Lying): boolean {
  return moved(target, clip) && clip.track === target.track && clip.start === BigInt(target.start);
}

function moved(target: Target, clip: Lying): boolean {
  return clip.in === BigInt(target.in) && clip.out === BigInt(target.out);
}

/** In the same place, but with less or more of it: also the pieces of a clip that was cut. */
function trimmed(target: Target, clip: Lying): boolean {
  const inStep = clip.start - clip.in === BigInt(target.start) - BigInt(target.in);
  return inStep && clip.track === target.track && clip.in < BigInt(target.out) && BigInt(target.in) < clip.out;
}

function nearest<C extends Lying>(target: Target, candidates: readonly C[]): C[] {
  const distance = (clip: C): bigint => {
    const away = clip.start - BigInt(target.start);
    return away < 0n ? -away : away;
  };
  const [first] = [...candidates].sort((a, b) => (distance(a) < distance(b) ? -1 : 1));
  return first ? [first] : [];
}

/**
 * The part of a result that shows what a clip shows, in the result's own time; undefined where the clip shows more than
 * was upscaled.
 */
export function partOf(result: Delivery['result'], rate: Delivery['interpretedRate'], clip: Lying) {
  const playedAt = rate ?? result.frameRate;
  const first = framesToTicks(result.firstFrame, playedAt);
  const length = framesToTicks(result.frames, playedAt);
  const from = clip.in - first;
  const to = from + (clip.end - clip.start);
  // The last frame of a clip may show only in part.
  return from < 0n || to > length + frameTicks(playedAt) ? undefined : { in: from, out: to < length ? to : length };
}

/**
 * The lowest free track above a clip. `covered` where something that shows lies in between: a result above it would hide
 * it. May be one more than there are tracks. `mayHide` says of what lies above whether it can be hidden.
 */
export function trackAbove(
  clip: Lying,
  tracks: readonly (readonly Lying[])[],
  mayHide: (above: Lying) => boolean,
): number | 'covered' {
  for (let track = clip.track + 1; ; track++) {
    const above = (tracks[track] ?? []).filter((other) => other.start < clip.end && clip.start < other.end);
    if (above.length === 0) return track;
    if (!above.every(mayHide)) return 'covered';
  }
}
