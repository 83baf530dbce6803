import type { Size } from '@uprez/shared';

/** R, G, B planes, one after the other, where white is 1. */
export interface RgbPicture extends Size {
  values: Float32Array;
}

/** Numbers without order, the same on every run (a linear congruential generator, Numerical Recipes). */
export function noise(size: Size, seed: number): RgbPicture {
  let state = seed;
  const values = new Float32Array(3 * size.width * size.height).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
  return { ...size, values };
}

/** A soft picture of many colours: what any upscaler should give back. */
export function colors(size: Size): RgbPicture {
  const { width, height } = size;
  const values = new Float32Array(3 * width * height).map((_, i) => {
    const [x, y] = [(i % width) / width, (Math.floor(i / width) % height) / height];
    const plane = Math.floor(i / (width * height));
    return 0.5 + 0.35 * Math.sin(6 * x + 2.1 * plane) * Math.cos(5 * y + 1.3 * plane);
  });
  return { ...size, values };
}

/** The picture with another one's samples where `takes` says so. */
export function mixed(one: RgbPicture, other: RgbPicture, takes: (x: number, y: number) => boolean): RgbPicture {
  const { width, height } = one;
  const values = one.values.map((value, i) =>
    takes(i % width, Math.floor(i / width) % height) ? (other.values[i] ?? 0) : value,
  );
  return { width, height, values };
}

/** Means over squares of `factor` samples. */
export function reduced({ width, height, values }: RgbPicture, factor: number): RgbPicture {
  const size = { width: width / factor, height: height / factor };
  const sums = new Float32Array(3 * size.width * size.height);
  for (const [i, value] of values.entries()) {
    const line = Math.floor(i / width);
    const [plane, y] = [Math.floor(line / height), Math.floor((line % height) / factor)];
    const at = (plane * size.height + y) * size.width + Math.floor((i % width) / factor);
    sums[at] = (sums[at] ?? 0) + value / factor ** 2;
  }
  return { ...size, values: sums };
}

/** Mean difference of two pictures of one size, each multiplied by its own factor. */
export function meanDifference(one: RgbPicture, other: RgbPicture, factors: { one: number; other: number }): number {
  const sum = one.values.reduce(
    (total, value, i) => total + Math.abs(value * factors.one - (other.values[i] ?? 0) * factors.other),
    0,
  );
  return sum / one.values.length;
}
