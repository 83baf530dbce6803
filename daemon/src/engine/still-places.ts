/** By how many codes a sample may differ from the one before and still count as the same. 0: frames stay as they are. */
export interface Stillness {
  /** In 10-bit codes of the source: one of its own. */
  source: number;
  /** In codes of the result: another one, because 8-bit networks round. */
  result: number;
}

export const noStillness: Stillness = { source: 0, result: 0 };

/**
 * For sources of a depth in bits that are delivered in 10 bits, or in their own where that can't be. What is deeper than 10
 * does not tremble by visible amounts.
 */
export function stillnessOf(depth: number, delivered: number): Stillness {
  if (depth > 10) return noStillness;
  const code = 2 ** (10 - depth);
  return { source: delivered === 10 ? code : 0, result: code + 1 };
}

/** Samples that are judged together, and how many of them are asked. */
const RUN = 1024;
const PROBES = 64;
/** More than this share of them beyond the tolerance: something moves, or is noisy. */
const MOVING = 1 / 8;
/** All on average further away than this many codes: it fades. Without that, fades would go in steps of the tolerance. */
const DRIFT = 0.5;

/**
 * Keeps still what stands still. H.264 lets still places tremble by a code, and one sample that does so makes a network waver
 * by some codes as far as it reaches. Here a sample stays what it was until it differs by more than the tolerance, so none is
 * ever further from its own value than that. Measured by `npm run bench:quality` (still).
 */
export class StillPlaces {
  private readonly tolerance: number;
  private readonly shown: Uint16Array;
  /** The same memory, two samples at a time. */
  private readonly pairs: Int32Array;

  /** For frames of so many bytes, 16 bits a sample. */
  constructor(frameBytes: number, tolerance: number) {
    this.tolerance = tolerance;
    this.shown = new Uint16Array(tolerance > 0 ? frameBytes / 2 : 0);
    this.pairs = new Int32Array(this.shown.buffer, 0, this.shown.length >> 1);
  }

  /** Changes a frame in place. A `fresh` one stays as it is and is what the next ones are compared with. */
  keep(planes: Uint8Array, { fresh }: { fresh: boolean }): void {
    const frame = new Uint16Array(planes.buffer, planes.byteOffset, this.shown.length);
    if (fresh) return this.shown.set(frame);
    const pairs = new Int32Array(planes.buffer, planes.byteOffset, this.pairs.length);
    for (let start = 0; start < frame.length; start += RUN) {
      const end = Math.min(start + RUN, frame.length);
      if (this.moves(frame, start, end)) this.shown.set(frame.subarray(start, end), start);
      else this.settle(frame, pairs, { start, end });
    }
  }

  private moves(frame: Uint16Array, start: number, end: number): boolean {
    const { shown, tolerance } = this;
    let [moving, drift] = [0, 0];
    for (let at = start; at < end; at += RUN / PROBES) {
      const way = frame[at]! - shown[at]!;
      drift += way;
      if (Math.abs(way) > tolerance) moving++;
    }
    const probes = Math.ceil((end - start) / (RUN / PROBES));
    return moving > probes * MOVING || Math.abs(drift) > probes * DRIFT;
  }

  private settle(frame: Uint16Array, pairs: Int32Array, { start, end }: { start: number; end: number }): void {
    const { shown, pairs: shownPairs, tolerance } = this;
    for (let pair = start >> 1; pair < end >> 1; pair++) {
      if (pairs[pair] === shownPairs[pair]) continue;
      const first = 2 * pair;
      if (Math.abs(frame[first]! - shown[first]!) <= tolerance) frame[first] = shown[first]!;
      else shown[first] = frame[first]!;
      if (Math.abs(frame[first + 1]! - shown[first + 1]!) <= tolerance) frame[first + 1] = shown[first + 1]!;
      else shown[first + 1] = frame[first + 1]!;
    }
  }
}
