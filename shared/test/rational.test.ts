import { describe, expect, it } from 'vitest';
import { frameRate, nearestRate, parseFrameRate, rateLabel, sameRate } from '../src/index.ts';

describe('frame rates', () => {
  it('are kept in lowest terms', () => {
    expect(frameRate(50, 2)).toEqual({ num: 25, den: 1 });
    expect(frameRate(60000, 2002)).toEqual({ num: 30000, den: 1001 });
  });

  it('are the same whatever their terms', () => {
    expect(sameRate({ num: 50, den: 2 }, { num: 25, den: 1 })).toBe(true);
    expect(sameRate(frameRate(24), frameRate(24000, 1001))).toBe(false);
  });

  it.each([
    ['24', 24, 1],
    ['23.976', 24000, 1001],
    ['23.98', 24000, 1001],
    ['29.97', 30000, 1001],
    ['59.94', 60000, 1001],
    ['119.88', 120000, 1001],
    ['25', 25, 1],
    ['12.5', 25, 2],
    ['30000/1001', 30000, 1001],
    ['60000/2002', 30000, 1001],
  ])('%s is %i/%i', (text, num, den) => {
    expect(parseFrameRate(text)).toEqual({ num, den });
  });

  it.each(['0', '0.5', '241', '1/0', '24/', 'fast', '-24', '', '24fps'])('%j is not a frame rate', (text) => {
    expect(parseFrameRate(text)).toBeUndefined();
  });

  it.each([
    [23.976023976, 24000, 1001],
    [29.97002997, 30000, 1001],
    [30, 30, 1],
    [30.0001, 30, 1],
    [15.015, 3003, 200],
  ])('a measured %d is meant as %i/%i', (value, num, den) => {
    expect(nearestRate(value)).toEqual({ num, den });
  });

  it('are written the way editors write them', () => {
    expect([frameRate(24000, 1001), frameRate(24), frameRate(30000, 1001)].map(rateLabel)).toEqual([
      '23.976',
      '24',
      '29.97',
    ]);
  });
});
