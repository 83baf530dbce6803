import type { Kernel } from './graph-builder.ts';

/**
 * Interpolation along one axis, per output phase: which input samples of a padded axis count how much.
 * `taps[phase][k]` weighs input sample `k`, counted from the first padded sample of the cell. Each row sums to 1, so a
 * flat picture stays flat to the last code value.
 */
export type Phases = readonly (readonly number[])[];

/**
 * Catmull-Rom cubic (Keys 1981, a = -0.5) at a position between samples, as the weights of the samples at
 * floor-1 … floor+2.
 */
function cubic(fraction: number): [number, number, number, number] {
  const t = fraction;
  return [
    -0.5 * t + t * t - 0.5 * t * t * t,
    1 - 2.5 * t * t + 1.5 * t * t * t,
    0.5 * t + 2 * t * t - 1.5 * t * t * t,
    -0.5 * t * t + 0.5 * t * t * t,
  ];
}

/** Cubic weights at `position`, written into an axis of `length` samples where sample 0 lies at `origin`. */
export function cubicTaps(position: number, origin: number, length: number): number[] {
  const taps = new Array<number>(length).fill(0);
  const floor = Math.floor(position);
  cubic(position - floor).forEach((weight, i) => {
    const index = floor - 1 + i - origin;
    taps[index] = (taps[index] ?? 0) + weight;
  });
  return taps;
}

/** Three-point Lagrange weights at offset t (|t| <= 0.5) from the middle sample. */
function quadratic(t: number): [number, number, number] {
  return [(t * (t - 1)) / 2, 1 - t * t, (t * (t + 1)) / 2];
}

/**
 * Doubling with half-pixel centres: output j lies at (j + 0.5) / 2 - 0.5. A cell holds two input samples (0 and 1) and
 * gives four outputs; the axis is padded by two samples, so it runs from -2 to 3.
 */
const doubling: Phases = [-0.25, 0.25, 0.75, 1.25].map((position) => cubicTaps(position, -2, 6));

/** One chroma sample per cell, half-way between two luma rows, to four rows. The axis runs from -1 to 1. */
const quadrupling: Phases = [-0.375, -0.125, 0.125, 0.375].map(quadratic);

/** One left-sited chroma sample per cell to two left-sited samples at doubled width. The axis runs from -1 to 1. */
const leftSitedDoubling: Phases = [-0.125, 0.375].map(quadratic);

/** Chroma at full width to left-sited samples at doubled width: same count, moved by a quarter sample. From -2 to 3. */
const leftSiting: Phases = [-0.25, 0.75].map((position) => cubicTaps(position, -2, 6));

/** Luma, one plane: 6x6 samples → 4x4. */
export function lumaBase(): Kernel {
  return separable(doubling, doubling, 1);
}

/** Both chroma planes to 4:2:2 at doubled size: per cell and plane 4 rows of 2. */
export const chromaBase = {
  '420': (): Kernel => separable(quadrupling, leftSitedDoubling, 2),
  '422': (): Kernel => separable(doubling, leftSitedDoubling, 2),
  '444': (): Kernel => separable(doubling, leftSiting, 2),
} as const;

/** Both chroma planes to the left-sited 4:2:0 that model cores see. */
export const chromaToCore = {
  '422': (): Kernel => separable([[0.5, 0.5]], [[1]], 2),
  '444': (): Kernel => separable([[0.5, 0.5]], [[0.25, 0.5, 0.25]], 2),
} as const;

/** Rows x columns of phases as one kernel; with several planes each output sees its own plane only. */
function separable(rows: Phases, columns: Phases, planes: number): Kernel {
  const height = rows[0]?.length ?? 0;
  const width = columns[0]?.length ?? 0;
  const perPlane = rows.length * columns.length;
  const values = new Float32Array(planes * perPlane * planes * height * width);
  for (let plane = 0; plane < planes; plane++) {
    const kernels = rows.flatMap((row) => columns.map((column) => row.flatMap((r) => column.map((c) => r * c))));
    kernels.forEach((kernel, phase) => {
      const output = plane * perPlane + phase;
      values.set(kernel, (output * planes + plane) * height * width);
    });
  }
  return { outputs: planes * perPlane, inputs: planes, height, width, values };
}
