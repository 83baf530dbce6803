import { describe, expect, test } from 'vitest';
import { tileLayout, type TileLimits } from '../../src/engine/tiles.ts';

const limits: TileLimits = { most: 40_000, largest: null, overlap: 20, grid: 2 };

test('a frame within the limits is one tile', () => {
  expect(tileLayout({ width: 200, height: 200 }, limits)).toEqual({
    size: { width: 200, height: 200 },
    tiles: [{ x: 0, y: 0, inner: { x: 0, y: 0, width: 200, height: 200 } }],
  });
});

test('so is one that the result depends on everywhere', () => {
  const { tiles } = tileLayout({ width: 1000, height: 1000 }, { ...limits, overlap: Number.POSITIVE_INFINITY });
  expect(tiles).toHaveLength(1);
});

describe('tiles', () => {
  const cases: [number, number, Partial<TileLimits>][] = [
    [1920, 1080, {}],
    [1920, 1080, { most: 1_000_000, overlap: 7 }],
    [641, 359, {}],
    [641, 359, { grid: 4, overlap: 9 }],
    [1922, 1081, { grid: 8, overlap: 16 }],
    [3000, 100, {}],
    [100, 3000, { most: 20_000 }],
    [777, 555, { largest: { width: 256, height: 256 }, most: 1e9, grid: 4 }],
    [1920, 1080, { largest: { width: 4096, height: 200 }, most: 1e9 }],
  ];
  test.each(cases)('of %ix%i with %o', (width, height, change) => {
    const wanted = { ...limits, ...change };
    const { size, tiles } = tileLayout({ width, height }, wanted);
    expect(tiles.length).toBeGreaterThan(1);
    // Within the limits …
    expect(size.width * size.height).toBeLessThanOrEqual(wanted.most);
    expect(size.width).toBeLessThanOrEqual(wanted.largest?.width ?? width);
    expect(size.height).toBeLessThanOrEqual(wanted.largest?.height ?? height);
    // … of one phase with the frame …
    expect([(width - size.width) % wanted.grid, (height - size.height) % wanted.grid]).toEqual([0, 0]);
    const covered = new Uint8Array(width * height);
    for (const { x, y, inner } of tiles) {
      expect([x % wanted.grid, y % wanted.grid]).toEqual([0, 0]);
      // … with all that the inner part depends on, except beyond the frame …
      expectMargins({ start: x, window: size.width, from: inner.x, inner: inner.width, length: width }, wanted);
      expectMargins({ start: y, window: size.height, from: inner.y, inner: inner.height, length: height }, wanted);
      const rows = Array.from({ length: inner.height }, (_, i) => (inner.y + i) * width + inner.x);
      for (const row of rows) covered.fill((covered[row] ?? 0) + 1, row, row + inner.width);
    }
    // … and together they give every sample once.
    expect(new Set(covered)).toEqual(new Set([1]));
  });

  interface Axis {
    start: number;
    window: number;
    from: number;
    inner: number;
    length: number;
  }

  function expectMargins({ start, window, from, inner, length }: Axis, { overlap }: TileLimits): void {
    expect(start + window).toBeLessThanOrEqual(length);
    expect(from - start).toBeGreaterThanOrEqual(from === 0 ? 0 : overlap);
    const to = from + inner;
    expect(start + window - to).toBeGreaterThanOrEqual(to === length ? 0 : overlap);
  }

  test('are no smaller than makes sense, however little memory there is', () => {
    const { size } = tileLayout({ width: 1920, height: 1080 }, { ...limits, most: 1 });
    expect(Math.min(size.width, size.height)).toBeGreaterThan(80);
    expect(Math.max(size.width, size.height)).toBeLessThan(100);
  });

  test('of an axis that fits are as long as the frame', () => {
    const { size } = tileLayout({ width: 4000, height: 50 }, { ...limits, most: 60_000 });
    expect(size.height).toBe(50);
  });
});
