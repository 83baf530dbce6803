import { describe, expect, test } from 'vitest';
import { timelineOf, uprightSize } from '../src/index.ts';

const even = { timing: 'constant', frameRate: { num: 24, den: 1 }, frameCount: 48, durationSeconds: 2 } as const;
const uneven = {
  ...even,
  timing: 'variable',
  frameRate: { num: 1733, den: 200 },
  frameCount: 63,
  durationSeconds: 8.726,
} as const;

describe('the timeline that ranges are counted on', () => {
  test('is the clip itself where its timing is even', () => {
    expect(timelineOf(even, null)).toEqual({ rate: { num: 24, den: 1 }, frames: 48 });
    expect(timelineOf(even, { num: 24, den: 1 })).toEqual({ rate: { num: 24, den: 1 }, frames: 48 });
  });

  test('has the rate that was asked for', () => {
    expect(timelineOf(even, { num: 25, den: 1 })).toEqual({ rate: { num: 25, den: 1 }, frames: 50 });
  });

  test('has the nearest standard rate where timing is uneven, and frames for the whole duration', () => {
    expect(timelineOf(uneven, null)).toEqual({ rate: { num: 24_000, den: 1001 }, frames: 209 });
  });
});

test('a picture that players turn by a quarter is upright with its sides exchanged', () => {
  expect(uprightSize({ width: 1920, height: 1080, rotation: 90 })).toEqual({ width: 1080, height: 1920 });
  expect(uprightSize({ width: 1920, height: 1080, rotation: 180 })).toEqual({ width: 1920, height: 1080 });
});
