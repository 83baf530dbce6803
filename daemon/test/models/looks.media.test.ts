import { LookId, type YuvMatrix } from '@uprez/shared';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it, test } from 'vitest';
import type { Grade } from '../../src/looks/grade.ts';
import { namedGrade } from '../../src/looks/looks.ts';
import { lookCube, lumaWeights, mapOf } from '../../src/looks/lut.ts';
import type { Finish } from '../../src/models/finish.ts';
import { curveTable } from '../../src/models/lookup.ts';
import { type PlanesFormat } from '../../src/models/planes-format.ts';
import { sameSizeGraph } from '../../src/models/same-size-graph.ts';

const format: PlanesFormat = {
  ...{ width: 64, height: 24, chroma: '422', depth: 10, range: 'limited', matrix: '709', grey: false },
};

/** Signals that stay within black and white, in 10-bit codes: ramps of luma, with colours that change from row to row. */
function colors() {
  const { width, height } = format;
  const row = (i: number, columns: number): number => Math.floor(i / columns) / height;
  const luma = (_: unknown, i: number): number => 300 + Math.round((400 * (i % width)) / width);
  const chroma = (turn: number) => (_: unknown, i: number) =>
    512 + Math.round(90 * Math.sin(6 * row(i, width / 2) + turn));
  const half = (width / 2) * height;
  return {
    y: Uint16Array.from({ length: width * height }, luma),
    u: Uint16Array.from({ length: half }, chroma(0)),
    v: Uint16Array.from({ length: half }, chroma(2)),
  };
}

async function run(finish: Finish, matrix: YuvMatrix = '709') {
  const { width, height } = format;
  const session = await InferenceSession.create(sameSizeGraph({ ...format, matrix }, { finish }), {
    intraOpNumThreads: 1,
  });
  const { y, u, v } = colors();
  const plane = (codes: Uint16Array, columns: number) => new Tensor('uint16', codes, [1, 1, height, columns]);
  const out = await session.run({ y: plane(y, width), u: plane(u, width / 2), v: plane(v, width / 2) });
  await session.release();
  return ['Y', 'U', 'V'].map((name) => out[name]?.data as Uint16Array);
}

/** The same by hand for every pixel that has chroma of its own. */
function byHand(grade: Grade, matrix: YuvMatrix): { at: number; codes: number[] }[] {
  const { red, blue } = lumaWeights[matrix];
  const green = 1 - red - blue;
  const { y, u, v } = colors();
  return Array.from(u, (_, i) => {
    const light = ((y[2 * i] ?? 0) - 64) / 876;
    const b = light + (((u[i] ?? 0) - 512) / 448) * (1 - blue);
    const r = light + (((v[i] ?? 0) - 512) / 448) * (1 - red);
    const [R, G, B] = mapOf(grade, matrix, 'apply')([r, (light - red * r - blue * b) / green, b]);
    const Y = red * R + green * G + blue * B;
    return {
      at: i,
      codes: [64 + 876 * Y, 512 + (448 * (B - Y)) / (1 - blue), 512 + (448 * (R - Y)) / (1 - red)],
    };
  });
}

function farthest(planes: readonly Uint16Array[], wanted: ReturnType<typeof byHand>): number {
  const off = wanted.flatMap(({ at, codes }) =>
    codes.map((code, plane) => Math.abs((planes[plane]?.[plane === 0 ? 2 * at : at] ?? 0) - code)),
  );
  return Math.max(...off);
}

describe('every look is computed to the nearest code', () => {
  const cases = LookId.options.flatMap((id) => (['709', '601', '2020'] as const).map((matrix) => ({ id, matrix })));
  test.each(cases)('$id with the matrix of BT.$matrix', async ({ id, matrix }) => {
    const grade = namedGrade({ id, strength: 1 });
    expect(farthest(await run({ grade, dither: false }, matrix), byHand(grade, matrix))).toBeLessThan(0.52);
  });

  it('at half its strength, too', async () => {
    const grade = namedGrade({ id: 'slog3', strength: 0.5 });
    expect(farthest(await run({ grade, dither: false }), byHand(grade, '709'))).toBeLessThan(0.52);
  });
});

describe('a table of colours', () => {
  test.each(['flat', 'slog3'] as const)('gives what the look %s gives that it was made from', async (id) => {
    const grade = namedGrade({ id, strength: 1 });
    const cube = lookCube(grade, '709', 'apply');
    const planes = await run({ grade: { kind: 'cube', cube, strength: 1 }, dither: false });
    expect(farthest(planes, byHand(grade, '709'))).toBeLessThan(1.5);
  });

  test.each(['flat', 'flat-classic', 'slog3', 'logc3', 'clog3', 'cineon'] as const)(
    'takes %s back within a code',
    (id) => {
      const grade = namedGrade({ id, strength: 1 });
      const undo = lookCube(grade, '709', 'undo');
      const apply = mapOf(grade, '709', 'apply');
      for (let code = 64; code <= 940; code++) {
        const grey = (code - 64) / 876;
        const place = apply([grey, grey, grey])[1] * (undo.size - 1);
        const before = Math.min(undo.size - 2, Math.floor(place));
        const point = (i: number): number => undo.values[i * (undo.size ** 2 + undo.size + 1) * 3 + 1] ?? 0;
        const back = point(before) + (place - before) * (point(before + 1) - point(before));
        expect(Math.abs(back - grey) * 876).toBeLessThan(1);
      }
    },
  );

  it('leaves the picture alone at no strength, and goes half the way at a half', async () => {
    const cube = curveTable({ encode: (v) => v + 0.2, decode: (v) => v - 0.2 });
    const [none] = await run({ grade: { kind: 'cube', cube, strength: 0 }, dither: false });
    const [half] = await run({ grade: { kind: 'cube', cube, strength: 0.5 }, dither: false });
    expect(none).toEqual(colors().y);
    expect(Math.max(...[...(half ?? [])].map((code, i) => Math.abs(code - (colors().y[i] ?? 0) - 87.6)))).toBeLessThan(
      1,
    );
  });
});

describe('dither', () => {
  it('keeps what lies between two codes, and whole codes as they are', async () => {
    const line = (offset: number): Grade => ({
      ...{ kind: 'levels', luma: { gain: 1, offset }, chroma: { gain: 1, offset: 0 } },
    });
    const { y, u } = colors();
    const [between, chroma] = await run({ grade: line(0.25), dither: true });
    const shift = [...(between ?? [])].reduce((sum, code, i) => sum + code - (y[i] ?? 0), 0) / y.length;
    expect(shift).toBeCloseTo(0.25, 1);
    expect(new Set([...(between ?? [])].map((code, i) => code - (y[i] ?? 0)))).toEqual(new Set([0, 1]));
    expect(chroma).toEqual(u);
  });
});
