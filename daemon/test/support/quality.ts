import type { Scale } from '@uprez/shared';
import type { PairMeasure } from '../../src/backends/backend.ts';
import type { PlanesFormat } from '../../src/models/planes-format.ts';

export type Codes = readonly number[];

/** A plane whose edges repeat outside of it. */
interface Plane {
  width: number;
  height: number;
  at(x: number, y: number): number;
}

/** What the quality graph should find, sample by sample and in double precision. */
export function measureByHand(
  format: PlanesFormat,
  scale: Scale,
  pair: Record<'a' | 'b' | 'A' | 'B', Codes>,
): PairMeasure {
  const { width, height } = format;
  const source = (codes: Codes): Plane => planeOf(width, height, codes.map(levels(format)));
  const [a, b] = [source(pair.a), source(pair.b)];
  const result = (codes: Codes): Plane => planeOf(width * scale, height * scale, codes);
  const [A, B] = [result(pair.A), result(pair.B)];
  const [p, q] = [a, b].map((plane) => (scale === 2 ? twice(plane) : twice(twice(plane)))) as [Plane, Plane];
  const cells = positions(Math.floor(width / 2), Math.floor(height / 2));
  const still = cells.filter(([x, y]) =>
    positions(6, 6).every(([dx, dy]) => Math.abs(difference(a, b, 2 * x - 2 + dx, 2 * y - 2 + dy)) <= 4),
  );
  const block = positions(2 * scale, 2 * scale);
  const moved = (one: Plane, other: Plane): number =>
    sum(
      still.map(([x, y]) =>
        mean(block.map(([dx, dy]) => Math.abs(difference(one, other, x * 2 * scale + dx, y * 2 * scale + dy)))),
      ),
    ) / cells.length;
  return {
    squaredError: (squaredError(a, A, scale) + squaredError(b, B, scale)) / 2,
    still: still.length / cells.length,
    change: moved(A, B),
    reference: moved(p, q),
  };
}

export function storedCodes({ depth }: Pick<PlanesFormat, 'depth'>, codes: Codes): Uint8Array | Uint16Array {
  return depth === 8 ? Uint8Array.from(codes) : Uint16Array.from(codes);
}

/** ITU-R BT.2100, table 9. */
function levels({ depth, range }: PlanesFormat): (code: number) => number {
  return range === 'full' ? (code) => 64 + (code * 876) / (2 ** depth - 1) : (code) => code * 2 ** (10 - depth);
}

function planeOf(width: number, height: number, codes: Codes): Plane {
  const clamp = (value: number, size: number): number => Math.min(size - 1, Math.max(0, value));
  return { width, height, at: (x, y) => codes[clamp(y, height) * width + clamp(x, width)] ?? NaN };
}

/** Catmull-Rom at half-pixel centres, rounded to codes that may be written. */
function twice(plane: Plane): Plane {
  const { width, height } = plane;
  const size = { width: width * 2, height: height * 2 };
  const codes = positions(size.width, size.height).map(([x, y]) => {
    const [atX, atY] = [(x + 0.5) / 2 - 0.5, (y + 0.5) / 2 - 0.5];
    const [left, top] = [Math.floor(atX), Math.floor(atY)];
    const value = sum(
      positions(4, 4).map(
        ([i, j]) =>
          catmullRom(atX - left - (i - 1)) * catmullRom(atY - top - (j - 1)) * plane.at(left + i - 1, top + j - 1),
      ),
    );
    return Math.round(Math.min(1019, Math.max(4, value)));
  });
  return planeOf(size.width, size.height, codes);
}

/** Keys 1981, a = -0.5. */
function catmullRom(distance: number): number {
  const t = Math.abs(distance);
  if (t < 1) return 1.5 * t ** 3 - 2.5 * t ** 2 + 1;
  return t < 2 ? -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2 : 0;
}

function squaredError(source: Plane, result: Plane, scale: number): number {
  const block = positions(scale, scale);
  const errors = positions(source.width, source.height).map(([x, y]) => {
    const area = mean(block.map(([dx, dy]) => result.at(x * scale + dx, y * scale + dy)));
    return (source.at(x, y) - area) ** 2;
  });
  return mean(errors);
}

function difference(one: Plane, other: Plane, x: number, y: number): number {
  return one.at(x, y) - other.at(x, y);
}

function positions(width: number, height: number): [number, number][] {
  return Array.from({ length: width * height }, (_, i) => [i % width, Math.floor(i / width)]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
