import { expect, it } from 'vitest';
import { partSizes } from '../support/topaz/parts.ts';

/** The rule of the API's description, by hand. */
it.each([
  [500_000_000, 5000, 1, 500_000_000, 500_000_000],
  [500_000_001, 1000, 1, 500_000_001, 500_000_001],
  [500_000_001, 1001, 2, 500_000_000, 1],
  [1_200_000_000, 2000, 3, 500_000_000, 200_000_000],
  [1_200_000_000, 900, 1, 1_200_000_000, 1_200_000_000],
  [75_000_000_000, 5000, 150, 500_000_000, 500_000_000],
  [80_000_000_000, 5000, 150, 533_333_334, 533_333_234],
  [99_999_999_999, 5000, 150, 666_666_667, 666_666_616],
])('%d bytes of %d frames go up in %d parts of %d bytes, the last of %d', (size, frameCount, count, first, last) => {
  const sizes = partSizes({ size, frameCount });
  expect([sizes.length, sizes[0], sizes.at(-1)]).toEqual([count, first, last]);
  expect(sizes.reduce((sum, each) => sum + each, 0)).toBe(size);
});
