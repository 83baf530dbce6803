import { cubicTaps, type Phases } from './base-filters.ts';
import type { Kernel } from './graph-builder.ts';

/** A filter along one axis: steps over cells of input samples and gives one output sample per phase for each. */
export interface Axis {
  /** Input samples of a cell. */
  cell: number;
  /** Samples that the taps reach back before the first of the cell. */
  before: number;
  /** Weights per phase, each row of one length and with the sum 1. */
  taps: Phases;
}

/** Samples that the taps reach beyond the last of the cell. */
export function after({ cell, before, taps }: Axis): number {
  return (taps[0]?.length ?? 0) - before - cell;
}

export const unchanged: Axis = { cell: 1, before: 0, taps: [[1]] };

/** Chroma that lies half-way between luma samples (rows of 4:2:0) to one sample each. */
const centred: Axis = { cell: 1, before: 2, taps: [-0.25, 0.25].map((position) => cubicTaps(position, -2, 5)) };

/** Chroma that lies on every second luma sample (columns of 4:2:0 and 4:2:2) to one sample each. */
const leftSited: Axis = { cell: 1, before: 1, taps: [0, 0.5].map((position) => cubicTaps(position, -1, 4)) };

/** Chroma planes to the size of luma. */
export const chromaToFull = {
  '420': { rows: centred, columns: leftSited },
  '422': { rows: unchanged, columns: leftSited },
  '444': { rows: unchanged, columns: unchanged },
} as const;

/** Chroma that lies on every luma sample to every second one. */
const halved: Axis = { cell: 2, before: 1, taps: [[0.25, 0.5, 0.25]] };

/** Chroma planes to 4:2:2 of the same picture. */
export const chromaToHalf = {
  '420': { rows: centred, columns: unchanged },
  '422': { rows: unchanged, columns: unchanged },
  '444': { rows: unchanged, columns: halved },
} as const;

/**
 * Resampling from one size to another, half-pixel centres: Keys' cubic (a = -0.5), stretched where samples get fewer so
 * that nothing is aliased. A cell is the smallest number of samples that gives a whole number of samples.
 */
export function resampling(from: number, to: number): Axis {
  const shared = greatestDivisor(from, to);
  const [cell, phases] = [from / shared, to / shared];
  const stretch = Math.max(1, cell / phases);
  const positions = Array.from({ length: phases }, (_, phase) => ((phase + 0.5) * cell) / phases - 0.5);
  const first = Math.min(0, Math.floor((positions[0] ?? 0) - 2 * stretch) + 1);
  const last = Math.max(cell - 1, Math.ceil((positions.at(-1) ?? 0) + 2 * stretch) - 1);
  const taps = positions.map((position) => {
    const weights = Array.from({ length: last - first + 1 }, (_, i) => keys((first + i - position) / stretch));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
  return { cell, before: -first, taps };
}

/** A weighted mean over `reach` samples to both sides that falls off like a Hann window. */
export function smoothing(reach: number): Axis {
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => 1 + Math.cos((Math.PI * (i - reach)) / (reach + 1)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { cell: 1, before: reach, taps: [weights.map((weight) => weight / sum)] };
}

/** Rows x columns of phases as one kernel that is applied to each of some planes on its own. */
export function planeKernel(rows: Axis, columns: Axis, planes: number): Kernel {
  const kernels = rows.taps.flatMap((row) =>
    columns.taps.map((column) => row.flatMap((r) => column.map((c) => r * c))),
  );
  const values = Float32Array.from(Array.from({ length: planes }, () => kernels.flat()).flat());
  return {
    ...{ outputs: planes * kernels.length, inputs: 1, groups: planes, values },
    height: rows.taps[0]?.length ?? 0,
    width: columns.taps[0]?.length ?? 0,
  };
}

/** Keys 1981, a = -0.5. */
function keys(x: number): number {
  const t = Math.abs(x);
  if (t < 1) return 1.5 * t ** 3 - 2.5 * t ** 2 + 1;
  return t < 2 ? -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2 : 0;
}

/** Of two whole numbers. */
export function leastMultiple(a: number, b: number): number {
  return (a / greatestDivisor(a, b)) * b;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
