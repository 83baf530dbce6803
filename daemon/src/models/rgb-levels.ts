import type { YuvMatrix } from '@uprez/shared';
import { lumaWeights } from '../looks/lut.ts';
import type { Kernel } from './graph-builder.ts';
import type { PlanesFormat } from './planes-format.ts';

/** Taps of left-sited chroma in luma samples. */
const chromaTaps = [0.25, 0.5, 0.25] as const;

/** y, u, v codes → R, G, B where black is 0 and white is 1. Codes beyond black and white go beyond 0 and 1. */
export function codesToRgb(format: Pick<PlanesFormat, 'matrix' | 'range' | 'depth'>): Kernel {
  const { luma, chroma, neutral, black } = inputLevels(format);
  const { red, green, blue } = weightsOf(format.matrix);
  const [fromU, fromV] = [2 * (1 - blue), 2 * (1 - red)];
  const rows = [
    [1, 0, fromV],
    [1, (-fromU * blue) / green, (-fromV * red) / green],
    [1, fromU, 0],
  ].map(([y = 0, u = 0, v = 0]) => [y / luma, u / chroma, v / chroma] as const);
  return {
    ...{ outputs: 3, inputs: 3, height: 1, width: 1 },
    values: Float32Array.from(rows.flat()),
    bias: rows.map(([y, u, v]) => -y * black - (u + v) * neutral),
  };
}

/** R, G, B → 10-bit limited-range luma codes. */
export function rgbToLuma(matrix: YuvMatrix): Kernel {
  const { red, green, blue } = weightsOf(matrix);
  const values = Float32Array.of(876 * red, 876 * green, 876 * blue);
  return { outputs: 1, inputs: 3, height: 1, width: 1, values, bias: [64] };
}

/**
 * R, G, B → 10-bit limited-range chroma codes, left-sited: one for two luma samples, by (1 2 1)/4 around the first.
 * Of grey pictures nothing is looked at: their chroma is neutral.
 */
export function rgbToChroma(
  { matrix, grey }: Pick<PlanesFormat, 'matrix' | 'grey'>,
  taps: readonly number[] = chromaTaps,
): Kernel {
  const { red, green, blue } = weightsOf(matrix);
  const [perBlue, perRed] = [448 / (1 - blue), 448 / (1 - red)];
  const rows = [
    [-red * perBlue, -green * perBlue, (1 - blue) * perBlue],
    [(1 - red) * perRed, -green * perRed, -blue * perRed],
  ];
  const values = rows.flat().flatMap((weight) => taps.map((tap) => (grey ? 0 : weight * tap)));
  return { outputs: 2, inputs: 3, height: 1, width: taps.length, values: Float32Array.from(values), bias: [512, 512] };
}

/** Codes from black to white and over all of chroma, and where they start (ITU-R BT.2100-2 table 9). */
function inputLevels({ range, depth }: Pick<PlanesFormat, 'range' | 'depth'>): {
  luma: number;
  chroma: number;
  neutral: number;
  black: number;
} {
  const neutral = 2 ** (depth - 1);
  const unit = 2 ** (depth - 8);
  if (range === 'limited') return { luma: 219 * unit, chroma: 224 * unit, neutral, black: 16 * unit };
  return { luma: 2 ** depth - 1, chroma: 2 ** depth - 1, neutral, black: 0 };
}

function weightsOf(matrix: YuvMatrix): { red: number; green: number; blue: number } {
  const { red, blue } = lumaWeights[matrix];
  return { red, green: 1 - red - blue, blue };
}
