import { type FrameRate, rateLabel, rateValue, type Warning, warning } from '@uprez/shared';

/** What a clip's own frames became on an even timeline. */
export interface Conforming {
  /** Times of all frames of the source in seconds, in order. */
  times: readonly number[];
  rate: FrameRate;
  /** The part of the timeline that the job is about. */
  firstFrame: number;
  frameCount: number;
}

/** How many frames were repeated and dropped, and which rates the clip really had; none where nothing was changed. */
export function conformWarnings(conforming: Conforming): Warning[] {
  const { times, rate, firstFrame, frameCount } = conforming;
  const [start = 0] = times;
  const end = firstFrame + frameCount;
  // As ffmpeg's `fps` places them: each frame at the nearest place of the even timeline, a later one replaces an earlier.
  const places = times.map((time) => Math.round((time - start) * rateValue(rate)));
  const inside = places.flatMap((place, i) => (place >= firstFrame && place < end ? [i] : []));
  const shown = new Set(inside.map((i) => places[i]));
  const dropped = inside.length - shown.size;
  // A frame from before the range may fill its first places.
  const repeated = frameCount - shown.size - (shown.has(firstFrame) ? 0 : 1);
  if (dropped === 0 && repeated <= 0) return [];
  const gaps = inside.slice(1).map((i) => times[i]! - times[i - 1]!);
  return [warning('time.conformed', { from: rates(gaps), to: rateLabel(rate), repeated, dropped })];
}

/** "7.2 to 57.6": the lowest and the highest rate at which frames follow each other. */
function rates(gaps: readonly number[]): string {
  const found = gaps.filter((gap) => gap > 0).map((gap) => 1 / gap);
  if (found.length === 0) return '?';
  const [lowest, highest] = [found.reduce((a, b) => Math.min(a, b)), found.reduce((a, b) => Math.max(a, b))];
  const label = (rate: number): string => (rate < 10 ? rate.toFixed(1) : rate.toFixed(0));
  return `${label(lowest)} to ${label(highest)}`;
}
