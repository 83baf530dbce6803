import { describe, expect, test } from 'vitest';
import { finestFitting } from '../../src/engine/quantiser.ts';

/** Searches among clips whose frames take `ratioAt1` of the target at 1 and shrink by `shrinking` for every doubling. */
async function search(ratioAt1: number, shrinking: number): Promise<{ found: number; tried: number[] }> {
  const ratioAt = (quantiser: number): number => ratioAt1 * shrinking ** Math.log2(quantiser);
  const tried: number[] = [];
  const found = await finestFitting(ratioAt1, async (quantiser) => {
    tried.push(quantiser);
    return ratioAt(quantiser);
  });
  return { found, tried };
}

/** The rule itself: a ratio of 1.2 at quantiser 1, of 1.1 at all others, the first that fits, and never more than 16. */
function first(ratioAt1: number, shrinking: number): number {
  const fits = (quantiser: number): boolean =>
    ratioAt1 * shrinking ** Math.log2(quantiser) <= (quantiser === 1 ? 1.2 : 1.1);
  return Array.from({ length: 15 }, (_, i) => i + 1).find(fits) ?? 16;
}

const clips = [0.4, 1.19, 1.21, 1.5, 2.2, 3.4, 4.4, 6, 20].flatMap((ratioAt1) =>
  [0.5, 0.6, 0.7, 0.75, 0.95].map((shrinking) => ({ ratioAt1, shrinking })),
);

describe('the quantiser of a clip', () => {
  test.each(clips)(
    'is the finest that fits: $ratioAt1 of the target, $shrinking a doubling',
    async ({ ratioAt1, shrinking }) => {
      const { found, tried } = await search(ratioAt1, shrinking);
      expect(found).toBe(first(ratioAt1, shrinking));
      expect(new Set(tried).size, 'none is tried twice').toBe(tried.length);
    },
  );

  test('takes no trial where the finest of all fits', async () => {
    expect((await search(1.2, 0.7)).tried).toEqual([]);
  });

  test('is found in a few trials, however noisy the clip', async () => {
    expect((await search(3.4, 0.7)).tried.length).toBeLessThanOrEqual(2);
    expect((await search(3.4, 0.75)).tried.length).toBeLessThanOrEqual(3);
  });

  test('of clips for which no quantiser is coarse enough is the coarsest', async () => {
    expect((await search(20, 0.9)).found).toBe(16);
  });
});
