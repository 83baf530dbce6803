import { expect, test } from 'vitest';
import type { PlanesFormat } from '../../src/models/planes-format.ts';
import { LOCK_REACH, rgbGraph } from '../../src/models/rgb-graph.ts';
import { type Codes, type ResultPlane, runPlanes } from '../support/frames.ts';
import { network, traitsOf } from '../support/rgb-networks.ts';

/** What interpolation of chroma and resampling look beyond, besides the network and the lock. */
const AROUND = 12;

const frame = { width: 168, height: 120 };
const format: PlanesFormat = { ...frame, chroma: '420', depth: 8, range: 'limited', matrix: '709', grey: false };

/** Noise, the same whenever it is looked at. */
const noisy: Codes = {
  y: (x, y) => 40 + ((x * 7919 + y * 104729 + x * y * 31) % 160),
  u: (x, y) => 90 + ((x * 6151 + y * 3571) % 70),
  v: (x, y) => 90 + ((x * 2311 + y * 8887) % 70),
};

test.each([1, 2, 3, 4] as const)('tiles with the overlap of a %dx network give the whole frame', async (scale) => {
  const options = { scale, kernel: 9, shift: 0.03 };
  const [model, traits] = [network(options), traitsOf(options)];
  const graph = (of: PlanesFormat) => rgbGraph({ format: of, model, traits, scale: 2 });
  const [whole] = await runPlanes(graph(format), format, [noisy]);
  const overlap = (traits.overlap ?? 0) + LOCK_REACH + AROUND;
  // The middle of the frame as one tile.
  const inner = { x: 64, y: 48, width: 32, height: 24 };
  const from = { x: inner.x - overlap, y: inner.y - overlap };
  const of = { ...format, width: inner.width + 2 * overlap, height: inner.height + 2 * overlap };
  const [tile] = await runPlanes(graph(of), of, [shifted(noisy, from)]);
  if (!whole || !tile) throw new Error('no frame came back');
  for (const name of ['Y', 'U', 'V'] as const) {
    const across = name === 'Y' ? 2 : 1;
    const area = { x: inner.x * across, y: inner.y * 2, width: inner.width * across, height: inner.height * 2 };
    const there = { ...area, x: overlap * across, y: overlap * 2 };
    const expected = part(whole[name], area);
    const off = part(tile[name], there).map((code, i) => Math.abs(code - (expected[i] ?? 0)));
    expect(Math.max(...off)).toBeLessThanOrEqual(1);
    expect(new Set(expected).size).toBeGreaterThan(20);
  }
});

function shifted(codes: Codes, from: { x: number; y: number }): Codes {
  return {
    y: (x, y) => codes.y(x + from.x, y + from.y),
    u: (x, y) => codes.u(x + from.x / 2, y + from.y / 2),
    v: (x, y) => codes.v(x + from.x / 2, y + from.y / 2),
  };
}

function part({ codes, width }: ResultPlane, area: { x: number; y: number; width: number; height: number }): number[] {
  return Array.from({ length: area.height }, (_, y) => {
    const start = (area.y + y) * width + area.x;
    return [...codes.subarray(start, start + area.width)];
  }).flat();
}
