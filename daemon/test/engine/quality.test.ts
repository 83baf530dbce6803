import { describe, expect, it } from 'vitest';
import { jobQuality } from '../../src/engine/quality.ts';
import { pairIn } from '../../src/engine/quality-meter.ts';
import { layoutOf, segmentOf as segmentAt } from '../../src/engine/segments.ts';
import { segmentOf } from '../support/tasks.ts';

const measure = { squaredError: 1, still: 0.5, change: 1, reference: 2 };

describe("a job's numbers", () => {
  it('are self-consistency in decibels of the mean error and flicker against interpolation', () => {
    const busy = { squaredError: 3, still: 0.25, change: 2, reference: 1 };
    const quality = jobQuality([segmentOf(0, { quality: measure }), segmentOf(1, { quality: busy })]);
    expect(quality.consistencyDb).toBeCloseTo(10 * Math.log10(1023 ** 2 / 2), 9);
    expect(quality.flicker).toBeCloseTo((3 + 0.75 / 16) / (3 + 0.75 / 16), 9);
    expect(quality).toMatchObject({ pairs: 2, still: 0.375, frameBytes: 1000 });
  });

  it('hold no flicker where nothing stands still, and none of it in the mean', () => {
    const cut = { squaredError: 1, still: 0, change: 0, reference: 0 };
    expect(jobQuality([segmentOf(0, { quality: cut })]).flicker).toBeNull();
    const [alone, withCut] = [[measure], [measure, cut]].map((all) =>
      jobQuality(all.map((quality, i) => segmentOf(i, { quality }))),
    );
    expect(withCut?.flicker).toBe(alone?.flicker);
  });

  it('call two frames without any change level with interpolation, and exact pictures 100 dB', () => {
    const calm = { squaredError: 0, still: 1, change: 0, reference: 0 };
    expect(jobQuality([segmentOf(0, { quality: calm })])).toMatchObject({ flicker: 1, consistencyDb: 100 });
  });

  it('leave out what was not measured', () => {
    const quality = jobQuality([segmentOf(0, { quality: null })]);
    expect(quality).toEqual({ pairs: 0, consistencyDb: null, flicker: null, still: null, frameBytes: 1000 });
  });
});

describe('the pair of a segment', () => {
  const pairsOf = (frameCount: number) =>
    Array.from({ length: Math.ceil(frameCount / 24) }, (_, i) => segmentAt(i * 24, layoutOf({ frameCount }))).map(
      (segment) => ({ segment, first: pairIn(segment) }),
    );

  it('lies within it, so that a job which goes on at a segment finds both frames', () => {
    for (const { segment, first } of pairsOf(24 * 50)) {
      expect(first === null).toBe(segment.index % 2 === 1);
      expect(first ?? segment.first).toBeGreaterThanOrEqual(segment.first);
      expect((first ?? segment.first) + 1).toBeLessThan(segment.end);
    }
  });

  it('is the first of the clip, and elsewhere in every second segment after', () => {
    const places = pairsOf(24 * 46).flatMap(({ segment, first }) => (first === null ? [] : [first - segment.first]));
    expect(places[0]).toBe(0);
    expect(new Set(places).size).toBe(23);
  });

  it('is missing from a segment of one frame', () => {
    expect(pairsOf(49).map(({ first }) => first)).toEqual([0, null, null]);
    expect(pairsOf(50).map(({ first }) => first)).toEqual([0, null, 48]);
  });
});
