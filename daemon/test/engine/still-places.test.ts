import { noLook } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { noTreatment } from '../../src/models/treatment.ts';
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

  it('follow a slow fade: no sample is ever further from its own value than the tolerance', () => {
    const fade = Array.from({ length: 40 }, (_, t) => frameOf((i) => 100 + (i % 700) + t));
    shown(fade).forEach((frame, t) => {
      const distances = frame.map((value, i) => Math.abs(value - fade[t]![i]!));
      expect(Math.max(...distances)).toBeLessThanOrEqual(TOLERANCE);
    });
  });

  it('are compared with what was shown, so that small steps add up', () => {
    const steps = [0, 1, 2, 3, 4].map((step) => frameOf(() => 500 + step));
    expect(shown(steps).map(([first]) => first)).toEqual([500, 500, 500, 503, 503]);
  });

  it('leave a frame alone that begins a segment, and start again from it', () => {
    const frames = [500, 501, 502, 503].map((value) => frameOf(() => value));
    expect(shown(frames, { fresh: [0, 2] }).map(([first]) => first)).toEqual([500, 500, 502, 502]);
  });

  it('are none where most of a run of samples moves', () => {
    const moved = frameOf((i) => 100 + ((i + 350) % 700));
    expect(shown([plain, moved])[1]).toEqual(moved);
  });

  it.each([
    ['an 8-bit source', { steady: 4 }, noTreatment, 2],
    ['a 10-bit source, whose codes are the result’s own', { steady: 1 }, noTreatment, 0],
    ['plain interpolation', { steady: null }, noTreatment, 0],
    [
      'a look, which changes the scale',
      { steady: 4 },
      { ...noTreatment, look: { ...noLook, id: 'flat', strength: 1 } },
      0,
    ],
  ])('tolerate of %s', (_, source, treatment, codes) => {
    expect(stillnessOf({ source, treatment } as Parameters<typeof stillnessOf>[0])).toBe(codes);
  });

  it('change nothing without a tolerance', () => {
    expect(shown([plain, wavering], { tolerance: 0 })[1]).toEqual(wavering);
  });
});
