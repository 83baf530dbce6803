import type { Quality } from '@uprez/shared';
import type { Segment } from '../backends/backend.ts';

/** Peak of 10-bit codes, as ffmpeg's `psnr` counts it. */
const PEAK = 1023;
/** More than this can't be told from equal. */
const MOST_DECIBELS = 100;
/**
 * Mean change in 10-bit codes that is added to both sides of the flicker index: far below what anybody sees, and enough
 * that two changes of nearly nothing are nearly equal.
 */
const INVISIBLE = 1 / 16;

/**
 * A job's numbers from what its segments recorded, with p running over the measured pairs (models/quality-graph.ts):
 *
 * - self-consistency = 10 log10(1023² / mean_p squaredError_p), in dB
 * - flicker index = (Σ_p change_p + e Σ_p still_p) / (Σ_p reference_p + e Σ_p still_p), e = 1/16 code: mean |A - B| of
 *   the result over all still cells of all pairs ÷ the same of plain interpolation of the source. 1 or less: no more
 *   flicker than interpolation has. No number where nothing stands still.
 *
 * The source is what the decoder delivers: where still places are averaged over time (media/args.ts), after that. So the
 * flicker that averaging removes is not counted in a model's favour.
 */
export function jobQuality(segments: readonly Segment[]): Quality {
  const pairs = segments.flatMap(({ quality }) => quality ?? []);
  const total = (of: 'squaredError' | 'still' | 'change' | 'reference'): number =>
    pairs.reduce((sum, pair) => sum + pair[of], 0);
  const frames = segments.flatMap((segment) => segment.frames);
  const least = INVISIBLE * total('still');
  return {
    pairs: pairs.length,
    consistencyDb: pairs.length > 0 ? decibels(total('squaredError') / pairs.length) : null,
    flicker: least > 0 ? (total('change') + least) / (total('reference') + least) : null,
    still: pairs.length > 0 ? total('still') / pairs.length : null,
    frameBytes: frames.reduce((sum, frame) => sum + frame.sizeBytes, 0) / frames.length,
  };
}

function decibels(squaredError: number): number {
  return Math.min(MOST_DECIBELS, 10 * Math.log10(PEAK ** 2 / squaredError));
}
