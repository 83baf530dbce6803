import type { Scale } from '@uprez/shared';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it, test } from 'vitest';
import { type PlanesFormat } from '../../src/models/planes-format.ts';
import { planesGraph } from '../../src/models/planes-graph.ts';
import { qualityGraph } from '../../src/models/quality-graph.ts';
import { Chance } from '../support/chance.ts';
import { type Codes, measureByHand, storedCodes } from '../support/quality.ts';

const base: PlanesFormat = {
  width: 24,
  height: 16,
  chroma: '420',
  depth: 8,
  range: 'limited',
  matrix: '709',
  grey: false,
};

describe('a pair is measured as straightforward arithmetic does', () => {
  const cases: (Partial<PlanesFormat> & { scale: Scale })[] = [
    { scale: 2 },
    { scale: 4 },
    { scale: 2, depth: 10 },
    { scale: 2, range: 'full' },
    { scale: 4, range: 'full', depth: 10 },
    { scale: 2, width: 25, height: 17 },
    { scale: 4, width: 25, height: 17, depth: 12 },
  ];
  test.each(cases)('%o', async ({ scale, ...change }) => {
    const format = { ...base, ...change };
    const pair = pairOf(format, scale);
    const found = await run(format, scale, pair);
    const byHand = measureByHand(format, scale, pair);
    expect(byHand.still).toBeGreaterThan(0.1);
    expect(byHand.still).toBeLessThan(0.9);
    expect(byHand.change).toBeGreaterThan(byHand.reference);
    for (const [name, value] of Object.entries(byHand)) expect.soft(found[name], name).toBeCloseTo(value, 2);
  });
});

it('finds the change of plain interpolation equal to its own reference, to the last bit', async () => {
  for (const change of [{}, { range: 'full' as const }, { depth: 10 as const }]) {
    const format = { ...base, ...change };
    const { a, b } = pairOf(format, 2);
    const pair = { a, b, A: await bicubic(format, a), B: await bicubic(format, b) };
    const { change: found, reference } = await run(format, 2, pair);
    expect(reference).toBeGreaterThan(0);
    expect(found).toBe(reference);
  }
});

it('finds nothing still after a cut', async () => {
  const chance = new Chance(3);
  const noise = (): Codes => Array.from({ length: 24 * 16 }, () => Math.floor(16 + 200 * chance.fraction()));
  const enlarged = Array.from({ length: 48 * 32 }, () => 500);
  const { still, change, reference } = await run(base, 2, { a: noise(), b: noise(), A: enlarged, B: enlarged });
  expect([still, change, reference]).toEqual([0, 0, 0]);
});

/** Left half still but for noise of one code, right half moving; a result with errors of its own. */
function pairOf(format: PlanesFormat, scale: Scale) {
  const { width, height, depth } = format;
  const chance = new Chance(depth + scale);
  const unit = 2 ** (depth - 8);
  const a = Array.from({ length: width * height }, () => unit * Math.floor(40 + 160 * chance.fraction()));
  const b = a.map((code, i) =>
    i % width < width / 2 ? code + unit * Math.round(chance.fraction()) : code + 20 * unit * chance.fraction(),
  );
  const enlarge = (codes: Codes): Codes =>
    Array.from({ length: width * height * scale ** 2 }, (_, i) => {
      const x = Math.floor((i % (width * scale)) / scale);
      const y = Math.floor(i / (width * scale) / scale);
      return Math.round(((codes[y * width + x] ?? 0) / unit) * 4 + 12 * chance.fraction());
    });
  return { a: a.map(Math.floor), b: b.map(Math.floor), A: enlarge(a), B: enlarge(b) };
}

async function run(format: PlanesFormat, scale: Scale, pair: Record<'a' | 'b' | 'A' | 'B', Codes>) {
  const session = await InferenceSession.create(qualityGraph(format, scale), { intraOpNumThreads: 1 });
  const large = [1, 1, format.height * scale, format.width * scale];
  const { measure } = (await session.run({
    a: luma(format, pair.a),
    b: luma(format, pair.b),
    A: new Tensor('uint16', Uint16Array.from(pair.A), large),
    B: new Tensor('uint16', Uint16Array.from(pair.B), large),
  })) as { measure: Tensor };
  await session.release();
  const [squaredError, still, change, reference] = measure.data as Float32Array;
  return { squaredError, still, change, reference } as Record<string, number>;
}

async function bicubic(format: PlanesFormat, codes: Codes): Promise<Codes> {
  const session = await InferenceSession.create(planesGraph(format), { intraOpNumThreads: 1 });
  const grey = luma({ ...format, width: 12, height: 8 }, Array<number>(96).fill(2 ** (format.depth - 1)));
  const { Y } = (await session.run({ y: luma(format, codes), u: grey, v: grey })) as { Y: Tensor };
  await session.release();
  return [...(Y.data as Uint16Array)];
}

function luma(format: PlanesFormat, codes: Codes): Tensor {
  return new Tensor(format.depth === 8 ? 'uint8' : 'uint16', storedCodes(format, codes), [
    ...[1, 1, format.height, format.width],
  ]);
}
