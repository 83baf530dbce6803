import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { probeModel } from '../../src/engine/probe-model.ts';
import { decodeModel } from '../../src/models/onnx.ts';
import type { PlanesFormat } from '../../src/models/planes-format.ts';
import { rgbGraph } from '../../src/models/rgb-graph.ts';
import { type Codes, runPlanes } from '../support/frames.ts';

/** A folder with published networks; without it there is nothing to try. */
const folder = process.env['UPREZ_TEST_MODELS'] ?? '';

const families = [
  { file: 'waifu2x-upconv7-photo-noise1.onnx', scale: 2, overlap: 7 },
  { file: 'realesr-animevideov3-x4.onnx', scale: 4, overlap: 18 },
  { file: 'realesr-general-x4v3.onnx', scale: 4, overlap: 34 },
];

/** y, u, v of the bars at 75 % in BT.709. */
const bars = [
  [180, 128, 128],
  [168, 44, 136],
  [145, 147, 44],
  [134, 63, 52],
  [63, 193, 204],
  [51, 109, 212],
  [28, 212, 120],
] as const;
const BAR = 64;

describe.runIf(folder !== '')('published networks', () => {
  test.each(families)('$file keeps bars within two codes', async ({ file, scale, overlap }) => {
    const bytes = readFileSync(join(folder, file));
    const traits = await probeModel(file, bytes, 1);
    expect(traits).toMatchObject({ scale, overlap, multiple: 1, fixed: null, white: { input: 1, output: 1 } });
    const format: PlanesFormat = {
      ...{
        width: BAR * bars.length,
        height: 64,
        chroma: '420',
        depth: 8,
        range: 'limited',
        matrix: '709',
        grey: false,
      },
    };
    const graph = rgbGraph({ format, model: decodeModel(bytes), traits, scale: 2 });
    const [planes] = await runPlanes(graph, format, [barCodes()]);
    expect(planes?.Y).toMatchObject({ width: format.width * 2, height: 128 });
    expect(planes?.U).toMatchObject({ width: format.width, height: 128 });
    for (const [i, [y, u, v]] of bars.entries()) {
      const middle = (plane: { width: number; codes: Uint16Array } | undefined): number =>
        plane?.codes[64 * plane.width + Math.floor(((i + 0.5) * plane.width) / bars.length)] ?? 0;
      const found = [middle(planes?.Y), middle(planes?.U), middle(planes?.V)];
      const off = [y, u, v].map((code, part) => Math.abs((found[part] ?? 0) - 4 * code));
      expect.soft(Math.max(...off), `bar ${i}: ${found.join()}`).toBeLessThanOrEqual(2);
    }
  });
});

function barCodes(): Codes {
  const part = (x: number, width: number, index: 0 | 1 | 2): number => bars[Math.floor(x / width)]?.[index] ?? 0;
  return {
    y: (x) => part(x, BAR, 0),
    u: (x) => part(x, BAR / 2, 1),
    v: (x) => part(x, BAR / 2, 2),
  };
}
