import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it, test } from 'vitest';
import { type PlanesFormat } from '../../src/models/planes-format.ts';
import { sameSizeGraph } from '../../src/models/same-size-graph.ts';
import { noTreatment } from '../../src/models/treatment.ts';
import { plainWay } from '@uprez/shared';
import { enlarge } from '../support/inference.ts';

const format: PlanesFormat = {
  ...{ width: 384, height: 96, chroma: '420', depth: 8, range: 'limited', matrix: '709', grey: false },
};
const usual = { code: 4, strength: 1 };
type Luma = (x: number, y: number) => number;

/** Luma in 10-bit codes of an 8-bit frame. */
async function debanded(luma: Luma, deband: typeof usual | null = usual): Promise<Uint16Array> {
  const { width, height } = format;
  const graph = sameSizeGraph(format, { deband, finish: { grade: { kind: 'none' }, dither: true } });
  const session = await InferenceSession.create(graph, { intraOpNumThreads: 1 });
  const y = Uint8Array.from({ length: width * height }, (_, i) => Math.round(luma(i % width, Math.floor(i / width))));
  const neutral = new Tensor('uint8', new Uint8Array((width * height) / 4).fill(128), [1, 1, height / 2, width / 2]);
  const out = await session.run({ y: new Tensor('uint8', y, [1, 1, height, width]), u: neutral, v: neutral });
  await session.release();
  return out['Y']?.data as Uint16Array;
}

/** Root of the mean squared distance from what nobody rounded, in 10-bit codes. */
function error(codes: Uint16Array, luma: Luma): number {
  const { width } = format;
  const squares = [...codes].map((code, i) => (code - 4 * luma(i % width, Math.floor(i / width))) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

describe('debanding', () => {
  test.each([
    ['a slow ramp', (x: number) => 40 + x / 24],
    ['a steep ramp', (x: number) => 30 + x / 2.03],
    ['a slanted one', (x: number, y: number) => 60 + x / 30 + y / 11],
    ['a bent one', (x: number, y: number) => 90 + 12 * Math.cos(x / 130) + y / 40],
  ])('brings %s back that 8 bits had rounded', async (_name, luma) => {
    const [before, after] = [await debanded(luma, null), await debanded(luma)];
    // Rounding to 8 bits alone is 4/sqrt(12) = 1.15 codes; to 10 bits with dither it is 0.41.
    expect(error(after, luma)).toBeLessThan(0.6);
    expect(error(after, luma)).toBeLessThan(0.6 * error(before, luma));
  });

  it('leaves flat pictures as they are', async () => {
    expect(new Set(await debanded(() => 77))).toEqual(new Set([308]));
  });

  it('leaves edges and texture as they are', async () => {
    const edges: Luma = (x) => (x % 48 < 24 ? 60 : 120);
    expect(error(await debanded(edges), edges)).toBe(0);
    const texture: Luma = (x, y) => 100 + ((x * 37 + y * 91 + x * y) % 11);
    expect(error(await debanded(texture), texture)).toBeLessThan(0.1);
  });

  it('shows no seams between tiles', async () => {
    const treatment = { ...noTreatment, deband: usual };
    const setup: Parameters<typeof enlarge>[0] = {
      ...{ format: { ...format, width: 720, height: 400 }, model: { kind: 'interpolation' }, ways: [plainWay] },
      ...{ scale: 1, treatment },
    };
    const whole = await enlarge(setup);
    expect(await enlarge({ ...setup, mostSamples: 160_000 })).toEqual(whole);
  });
});
