import { describe, expect, it } from 'vitest';
import { stillnessOf, StillPlaces } from '../../src/engine/still-places.ts';

/** Longer than the runs that are looked at together, and of an odd length. */
const SAMPLES = 2501;
const TOLERANCE = 2;

const frameOf = (value: (i: number) => number): Uint16Array =>
  Uint16Array.from({ length: SAMPLES }, (_, i) => value(i));
const bytesOf = (frame: Uint16Array): Uint8Array => new Uint8Array(frame.buffer);

/** What is shown of frames that come one after the other, the first one fresh. */
function shown(frames: readonly Uint16Array[], { fresh = [0], tolerance = TOLERANCE } = {}): Uint16Array[] {
  const still = new StillPlaces(SAMPLES * 2, tolerance);
  return frames.map((frame, i) => {
    const copy = frame.slice();
    still.keep(bytesOf(copy), { fresh: fresh.includes(i) });
    return copy;
  });
}

const plain = frameOf((i) => 100 + (i % 700));
const wavering = frameOf((i) => 100 + (i % 700) + (i % 5) - 2);

describe('Still places', () => {
  it('stay what they were where a sample wavers by as much as the tolerance', () => {
    const [, second] = shown([plain, wavering]);
    expect(second?.subarray(0, SAMPLES - 1)).toEqual(plain.subarray(0, SAMPLES - 1));
  });

  it('take on a change that is larger, sample by sample', () => {
    const changed = frameOf((i) => wavering[i]! + (i % 50 === 7 ? 3 : 0));
    const [, second] = shown([plain, changed]);
    for (let i = 0; i < SAMPLES - 1; i++)
      expect(second?.[i]).toBe(Math.abs(changed[i]! - plain[i]!) > TOLERANCE ? changed[i] : plain[i]);
  });

  it('are compared with what was shown, so that small steps add up', () => {
    // Every hundredth sample only: all of them would be a fade.
    const steps = [0, 1, 2, 3, 4].map((step) => frameOf((i) => (i % 100 === 0 ? 500 + step : 500)));
    expect(shown(steps).map(([first]) => first)).toEqual([500, 500, 500, 503, 503]);
  });

  it('leave a frame alone that begins a segment, and start again from it', () => {
    const frames = [500, 501, 502, 503].map((value) => frameOf((i) => (i % 100 === 0 ? value : 500)));
    expect(shown(frames, { fresh: [0, 2] }).map(([first]) => first)).toEqual([500, 500, 502, 502]);
  });

  it('are none where a quarter of the samples moves, whichever way', () => {
    // Every fourth one by more than the tolerance, to either side; the others by less.
    const moved = frameOf((i) => plain[i]! + [9, 1, 0, -1, -9, -1, 0, 1][i % 8]!);
    expect(shown([plain, moved])[1]).toEqual(moved);
  });

  it('go along with a fade at once, which moves all of them the same way', () => {
    const fade = [0, 1, 2, 3].map((t) => frameOf((i) => 100 + (i % 700) + t));
    expect(shown(fade)).toEqual(fade);
  });

  it.each([
    ['8 bits', 8, 10, { source: 4, result: 5 }],
    ['8 bits at full range, which stay bytes', 8, 8, { source: 0, result: 5 }],
    ['10 bits', 10, 10, { source: 1, result: 2 }],
    ['12 bits', 12, 12, { source: 0, result: 0 }],
  ])('of %s may move by a code of the source, and one more in the result', (_, depth, delivered, codes) => {
    expect(stillnessOf(depth, delivered)).toEqual(codes);
  });

  it('change nothing without a tolerance', () => {
    expect(shown([plain, wavering], { tolerance: 0 })[1]).toEqual(wavering);
  });
});
