import { expect, test } from 'vitest';
import { toHalf } from '../../src/models/half.ts';

test.each([
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [0.1, 0x2e66],
  [65504, 0x7bff],
  // Rounds to infinity from half a step above the largest.
  [65519, 0x7bff],
  [65520, 0x7c00],
  [Number.POSITIVE_INFINITY, 0x7c00],
  // Halves between two steps go to the even one.
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  // Below 2^-14 steps stay equal, down to none.
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000],
  [1.5 * 2 ** -25, 0x0001],
  [(1 - 2 ** -12) * 2 ** -14, 0x0400],
])('%d in 16 bits is 0x%o', (value, word) => {
  expect(toHalf(value)).toBe(word);
});
