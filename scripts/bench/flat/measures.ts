import { CHROMA_WIDTH, maskOf, patches, type Planes, SIZE, truth } from './scene.ts';

/** Figures of one result, in 10-bit codes; smaller is better unless said. */
export interface Figures {
  /** Root of the mean squared error in smooth areas, one constant for each plane removed. */
  luma: number;
  chroma: number;
  /** The same, after a Gaussian of 3 pixels, of the error's gradient in 1/1000 code per pixel: false steps, without dither. */
  contour: number;
  /** Mean error of what is neutral. */
  tint: Record<'y' | 'u' | 'v', number>;
  /** Decibels of luma in textures and stripes, one constant removed; larger is better. */
  detail: number;
  /** Standard deviation over time where nothing moves. */
  flicker: number;
  /** Distinct luma codes of the ramps' profiles as shares of those the ideal result has; larger is better. */
  levels: number;
  darkLevels: number;
}

/** A frame of a result: 4:2:2 planes of 10-bit codes. */
export interface Result {
  y: Uint16Array;
  u: Uint16Array;
  v: Uint16Array;
}

/** Frames that are compared with the truth: a key frame's neighbour, and others. */
const COMPARED = [2, 11, 20];
const PEAK = 1023;

export function resultFrame(bytes: Uint8Array): Result {
  const codes = new Uint16Array(Uint8Array.from(bytes).buffer);
  const [count, chroma] = [SIZE.width * SIZE.height, CHROMA_WIDTH * SIZE.height];
  return {
    y: codes.subarray(0, count),
    u: codes.subarray(count, count + chroma),
    v: codes.subarray(count + chroma, count + 2 * chroma),
  };
}

/** The documented curve (daemon/src/looks/looks.ts). */
export function flat({ y, u, v }: Planes): Planes {
  const around = (value: number): number => 512 + 0.85 * (value - 512);
  return { y: y.map((value) => 0.9 * value + 81.6), u: u.map(around), v: v.map(around) };
}

export function figuresOf(results: readonly Result[]): Figures {
  const sums = { luma: 0, chroma: 0, contour: 0, detail: 0 };
  const tint = { y: 0, u: 0, v: 0 };
  for (const frame of COMPARED) {
    const [ideal, result] = [flat(truth(frame)), results[frame]];
    if (!result) throw new Error(`frame ${frame} is missing`);
    const errors = { y: distance(result.y, ideal.y), u: distance(result.u, ideal.u), v: distance(result.v, ideal.v) };
    const smooth = { luma: maskOf(['smooth', 'still'], frame, 1), chroma: maskOf(['smooth', 'still'], frame, 2) };
    sums.luma += variance(errors.y, smooth.luma);
    sums.chroma += (variance(errors.u, smooth.chroma) + variance(errors.v, smooth.chroma)) / 2;
    sums.contour += meanGradient(blurred(errors.y), smooth.luma);
    sums.detail += variance(errors.y, maskOf(['detail'], frame, 1));
    tint.y += meanIn(errors.y, patches.wall, 1) / COMPARED.length;
    tint.u += meanIn(errors.u, patches.wall, 2) / COMPARED.length;
    tint.v += meanIn(errors.v, patches.wall, 2) / COMPARED.length;
  }
  const root = (sum: number): number => Math.sqrt(sum / COMPARED.length);
  return {
    luma: root(sums.luma),
    chroma: root(sums.chroma),
    contour: 1000 * root(sums.contour),
    tint,
    detail: 20 * Math.log10(PEAK / root(sums.detail)),
    flicker: flickerOf(results),
    levels: levelsOf(results, patches.ramp),
    darkLevels: levelsOf(results, patches.darkRamp),
  };
}

function distance(result: Uint16Array, ideal: Float32Array): Float32Array {
  return ideal.map((value, i) => (result[i] ?? 0) - value);
}

function variance(values: Float32Array, mask: Uint8Array): number {
  let [count, sum, squares] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if (mask[i] !== 1) continue;
    const value = values[i] ?? 0;
    count += 1;
    sum += value;
    squares += value * value;
  }
  return squares / count - (sum / count) ** 2;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

function meanIn(values: Float32Array, { x, y, width, height }: Box, step: 1 | 2): number {
  let sum = 0;
  for (let row = y; row < y + height; row++)
    for (let column = x / step; column < (x + width) / step; column++)
      sum += values[(row * SIZE.width) / step + column] ?? 0;
  return (sum * step) / (width * height);
}

/** Mean squared length of the gradient, by differences to the right and down. */
function meanGradient(values: Float32Array, mask: Uint8Array): number {
  let [count, sum] = [0, 0];
  for (let i = 0; i < values.length - SIZE.width; i++) {
    if (mask[i] !== 1) continue;
    const value = values[i] ?? 0;
    count += 1;
    sum += ((values[i + 1] ?? 0) - value) ** 2 + ((values[i + SIZE.width] ?? 0) - value) ** 2;
  }
  return sum / count;
}

const SIGMA = 3;
const taps = Array.from({ length: 6 * SIGMA + 1 }, (_, i) => Math.exp(-((i - 3 * SIGMA) ** 2) / (2 * SIGMA ** 2)));
const total = taps.reduce((sum, tap) => sum + tap, 0);

/** Rows first, then columns; what lies beyond the picture counts as no error, which the mask's margin keeps out of sight. */
function blurred(plane: Float32Array): Float32Array {
  return along(along(plane, 1), SIZE.width);
}

function along(plane: Float32Array, step: number): Float32Array {
  const out = new Float32Array(plane.length);
  for (const [i, tap] of taps.entries()) {
    const shift = (i - 3 * SIGMA) * step;
    const weight = tap / total;
    for (let at = Math.max(0, -shift), end = Math.min(plane.length, plane.length - shift); at < end; at++)
      out[at] = (out[at] ?? 0) + weight * (plane[at + shift] ?? 0);
  }
  return out;
}

function flickerOf(results: readonly Result[]): number {
  const still = maskOf(['still'], 0, 1);
  let [count, sum] = [0, 0];
  for (let i = 0; i < still.length; i++) {
    if (still[i] !== 1) continue;
    let [mean, squares] = [0, 0];
    for (const { y } of results) {
      const value = y[i] ?? 0;
      mean += value / results.length;
      squares += (value * value) / results.length;
    }
    count += 1;
    sum += squares - mean * mean;
  }
  return Math.sqrt(Math.max(0, sum / count));
}

/** Codes in the mean of a ramp's rows and frames, as a share of those in the ideal one. */
function levelsOf(results: readonly Result[], { x, y, width, height }: Box): number {
  const ideal = flat(truth(0)).y.subarray(y * SIZE.width + x, y * SIZE.width + x + width);
  const profile = new Float64Array(width);
  for (const result of results)
    for (let row = y; row < y + height; row++)
      for (let column = 0; column < width; column++)
        profile[column] = (profile[column] ?? 0) + (result.y[row * SIZE.width + x + column] ?? 0);
  const count = results.length * height;
  return distinct(profile.map((sum) => sum / count)) / distinct(Float64Array.from(ideal));
}

function distinct(values: Float64Array): number {
  return new Set(values.map(Math.round)).size;
}
