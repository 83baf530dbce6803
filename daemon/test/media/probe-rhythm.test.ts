import { frameRate } from '@uprez/shared';
import { describe, expect, test } from 'vitest';
import { rhythmOf } from '../../src/media/probe-rhythm.ts';

function times(count: number, at: (frame: number) => number): Float64Array {
  return Float64Array.from({ length: count }, (_, frame) => at(frame));
}

const NTSC_FILM = frameRate(24000, 1001);

describe('the rhythm of a clip', () => {
  test.each([
    ['exact', (n: number) => n * (1001 / 24000)],
    ['rounded to milliseconds', (n: number) => Math.round((n * 1001) / 24) / 1000],
    ['rounded to 1/600 s', (n: number) => Math.round((n * 1001 * 600) / 24000) / 600],
  ])('is the declared one when its times are %s', (_kind, at) => {
    expect(rhythmOf(times(500, at), NTSC_FILM)).toEqual({ rate: NTSC_FILM, steady: true });
  });

  test('is found without a declared one', () => {
    const ntsc = times(1000, (n) => Math.round((n * 1001) / 30) / 1000);
    expect(rhythmOf(ntsc, undefined)).toEqual({ rate: frameRate(30000, 1001), steady: true });
  });

  test('is not the declared one when the frames drift away from it', () => {
    expect(
      rhythmOf(
        times(1000, (n) => n / 24),
        NTSC_FILM,
      ),
    ).toEqual({ rate: frameRate(24), steady: true });
  });

  test('is the usual distance when there is a gap', () => {
    const gap = times(100, (n) => (n < 50 ? n : n + 7) / 30);
    expect(rhythmOf(gap, frameRate(28))).toEqual({ rate: frameRate(30), steady: false });
  });

  test('is the average when there is no usual distance', () => {
    const uneven = times(101, (n) => (n + [0, 0.5, -0.3, 0.4][n % 4]!) / 25);
    expect(rhythmOf(uneven, undefined)).toMatchObject({ steady: false, rate: frameRate(25) });
  });

  test('does not depend on the order in which frames are stored', () => {
    const stored = Float64Array.from([0, 3, 1, 2, 6, 4, 5, 9, 7, 8], (n) => n / 25);
    expect(rhythmOf(stored, undefined)).toEqual({ rate: frameRate(25), steady: true });
  });

  test.each([[[]], [[0]], [[0, 0.04]], [[1, 1, 1, 1]]])('can not be told from %j', (list) => {
    expect(rhythmOf(Float64Array.from(list), frameRate(25))).toBeUndefined();
  });
});
