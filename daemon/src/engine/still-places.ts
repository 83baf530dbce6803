import { isLook } from '@uprez/shared';
import type { EnginePlan } from './plan.ts';

/** Samples that are looked at together, and how many of them tell whether something moves there. */
const RUN = 1024;
const PROBES = 16;

/**
 * By how many 10-bit codes a sample may differ from the one before and still count as the same: half a code of an 8-bit
 * source. 0 where frames have to stay as they are: deeper sources, plain interpolation, and looks, which change the scale.
 */
export function stillnessOf({ source, treatment }: Pick<EnginePlan, 'source' | 'treatment'>): number {
  return source.steady === null || isLook(treatment.look) ? 0 : Math.floor(source.steady / 2);
}

/**
 * Keeps still what stands still. One sample that moves by a code makes a network waver by a code or two as far as it reaches,
 * an 8-bit one most of all; here a sample stays what it was until it differs by more than the tolerance. So none is ever
 * further from its own value than that.
 */
export class StillPlaces {
  private readonly tolerance: number;
  private readonly shown: Uint16Array;
  /** The same memory, two samples at a time. */
  private readonly pairs: Int32Array;

  /** For frames of so many bytes, 16 bits a sample. Tolerance in codes. */
  constructor(frameBytes: number, tolerance: number) {
    this.tolerance = tolerance;
    this.shown = new Uint16Array(frameBytes / 2);
    this.pairs = new Int32Array(this.shown.buffer, 0, this.shown.length >> 1);
  }

  /** Changes a frame in place. A `fresh` one stays as it is and is what the next ones are compared with. */
  keep(planes: Uint8Array, { fresh }: { fresh: boolean }): void {
    const frame = new Uint16Array(planes.buffer, planes.byteOffset, this.shown.length);
    if (fresh || this.tolerance === 0) return this.shown.set(frame);
    const pairs = new Int32Array(planes.buffer, planes.byteOffset, this.pairs.length);
    for (let start = 0; start < frame.length; start += RUN) {
      const end = Math.min(start + RUN, frame.length);
      if (this.moves(frame, start, end)) this.shown.set(frame.subarray(start, end), start);
      else this.settle(frame, pairs, { start, end });
    }
  }

  private moves(frame: Uint16Array, start: number, end: number): boolean {
    const { shown, tolerance } = this;
    let moving = 0;
    for (let at = start; at < end; at += RUN / PROBES) if (Math.abs(frame[at]! - shown[at]!) > tolerance) moving++;
    return moving > PROBES / 2;
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
