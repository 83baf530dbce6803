import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { decodeModel } from '../../src/models/onnx.ts';
import { chromaSize, type PlanesFormat } from '../../src/models/planes-format.ts';
import { planesGraph } from '../../src/models/planes-graph.ts';
import { modelsFolder } from '../support/folders.ts';

const core = decodeModel(readFileSync(join(modelsFolder, 'fast.onnx')));
const base: PlanesFormat = {
  width: 32,
  height: 24,
  chroma: '420',
  depth: 8,
  range: 'limited',
  matrix: '709',
  grey: false,
};

interface Codes {
  y: (x: number, y: number) => number;
  u: number;
  v: number;
}

describe('a flat picture stays flat to the last code, up to the edges', () => {
  const formats: Partial<PlanesFormat>[] = [
    {},
    { chroma: '422' },
    { chroma: '444' },
    { depth: 10 },
    { depth: 12, chroma: '444' },
    { width: 33, height: 25 },
    { width: 33, height: 25, chroma: '422' },
    { width: 33, height: 25, chroma: '444' },
  ];
  test.each(formats)('%o', async (change) => {
    const format = { ...base, ...change };
    const unit = 2 ** (format.depth - 8);
    for (const model of [core, undefined]) {
      const { Y, U, V } = await run(format, { y: () => 100 * unit, u: 90 * unit, v: 170 * unit }, model);
      expect(new Set(Y)).toEqual(new Set([400]));
      expect(new Set(U)).toEqual(new Set([360]));
      expect(new Set(V)).toEqual(new Set([680]));
    }
  });
});

test('full range becomes limited range: black, white and neutral are where they belong', async () => {
  const format: PlanesFormat = { ...base, range: 'full' };
  const black = await run(format, { y: () => 0, u: 128, v: 128 }, core);
  const white = await run(format, { y: () => 255, u: 128, v: 128 }, core);
  expect([black.Y[0], white.Y[0], white.U[0], white.V[0]]).toEqual([64, 940, 512, 512]);
});

test('codes that are reserved for timing references are never written', async () => {
  const edges = await run(base, { y: (x) => (x % 8 < 4 ? 255 : 0), u: 128, v: 128 }, undefined);
  expect(Math.max(...edges.Y)).toBe(1019);
  expect(Math.min(...edges.Y)).toBe(4);
});

test('a ramp is interpolated half-way between its samples', async () => {
  const { Y } = await run(base, { y: (x) => 40 + 4 * x, u: 128, v: 128 }, undefined);
  // Output j lies at (j + 0.5) / 2 - 0.5, and cubic interpolation keeps straight lines straight.
  const row = [...Y.subarray(64 * 20 + 8, 64 * 20 + 56)];
  expect(row).toEqual(row.map((_, i) => Math.round(4 * (40 + 4 * ((i + 8 + 0.5) / 2 - 0.5)))));
});

test('grey pictures keep neutral chroma whatever the model makes of their luma', async () => {
  const busy: Codes = { y: (x, y) => 20 + ((x * 37 + y * 91) % 200), u: 128, v: 128 };
  const { U, V } = await run({ ...base, grey: true }, busy, core);
  expect(new Set([...U, ...V])).toEqual(new Set([512]));
});

test('the model changes a picture with detail', async () => {
  const busy: Codes = { y: (x, y) => 20 + ((x * 37 + y * 91) % 200), u: 128, v: 128 };
  const [plain, modelled] = [await run(base, busy, undefined), await run(base, busy, core)];
  expect(modelled.Y).not.toEqual(plain.Y);
});

describe('a mirrored model', () => {
  const fine = decodeModel(readFileSync(join(modelsFolder, 'fine.int8.onnx')));
  const busy: Codes = { y: (x, y) => 20 + ((x * 37 + y * y * 11) % 200), u: 90, v: 170 };
  const upsideDown: Codes = { ...busy, y: (x, y) => busy.y(x, base.height - 1 - y) };

  test('treats a picture and the same upside down alike', async () => {
    const [upright, turned] = [await run(base, busy, fine, true), await run(base, upsideDown, fine, true)];
    const rows = Array.from({ length: base.height * 2 }, (_, y) => y).reverse();
    const back = rows.flatMap((y) => [...turned.Y.subarray(y * base.width * 2, (y + 1) * base.width * 2)]);
    const largest = Math.max(...back.map((code, i) => Math.abs(code - (upright.Y[i] ?? 0))));
    // One code: a mean that ends in a half may be rounded differently where the sums came about in another order.
    expect(largest).toBeLessThanOrEqual(1);
    expect((await run(base, busy, fine)).Y).not.toEqual(upright.Y);
  });

  test('keeps a flat picture flat', async () => {
    const { Y, U, V } = await run(base, { y: () => 100, u: 90, v: 170 }, fine, true);
    expect([new Set(Y), new Set(U), new Set(V)]).toEqual([new Set([400]), new Set([360]), new Set([680])]);
  });
});

test('bytes that are no model are refused', () => {
  expect(() => decodeModel(new TextEncoder().encode('not a model'))).toThrow();
  expect(() => decodeModel(new Uint8Array())).toThrow('no graph');
});

async function run(format: PlanesFormat, codes: Codes, model: typeof core | undefined, mirrored = false) {
  const session = await InferenceSession.create(planesGraph(format, { core: model, mirrored }), {
    intraOpNumThreads: 1,
  });
  const { width, height } = format;
  const chroma = chromaSize(format);
  const luma = Array.from({ length: width * height }, (_, i) => codes.y(i % width, Math.floor(i / width)));
  const flat = (code: number): number[] => Array<number>(chroma.width * chroma.height).fill(code);
  const result = await session.run({
    y: plane(format, luma, [height, width]),
    u: plane(format, flat(codes.u), [chroma.height, chroma.width]),
    v: plane(format, flat(codes.v), [chroma.height, chroma.width]),
  });
  await session.release();
  return { Y: wordsOf(result['Y']), U: wordsOf(result['U']), V: wordsOf(result['V']) };
}

function plane({ depth }: PlanesFormat, codes: number[], size: [number, number]): Tensor {
  return depth === 8
    ? new Tensor('uint8', Uint8Array.from(codes), [1, 1, ...size])
    : new Tensor('uint16', Uint16Array.from(codes), [1, 1, ...size]);
}

function wordsOf(tensor: Tensor | undefined): Uint16Array {
  return tensor?.data as Uint16Array;
}
