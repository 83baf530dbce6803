import type { YuvMatrix } from '@uprez/shared';
import { describe, expect, test } from 'vitest';
import { decodeModel, encodeModel } from '../../src/models/onnx.ts';
import type { PlanesFormat } from '../../src/models/planes-format.ts';
import { rgbGraph } from '../../src/models/rgb-graph.ts';
import type { GraphScale } from '../../src/models/rgb-traits.ts';
import { type Codes, flat, type ResultPlane, type ResultPlanes, row, runPlanes } from '../support/frames.ts';
import { network, type NetworkOptions, traitsOf } from '../support/rgb-networks.ts';

const base: PlanesFormat = {
  ...{ width: 24, height: 16, chroma: '420', depth: 8, range: 'limited', matrix: '709', grey: false },
};

describe('bars come back through a network that changes nothing, within one code', () => {
  const matrices = ['601', '709', '2020'] as const;
  const ranges = matrices.flatMap((matrix) => (['limited', 'full'] as const).map((range) => ({ matrix, range })));
  const samplings = (['420', '422', '444'] as const).flatMap((chroma) =>
    [8, 10, 12, 16].map((depth) => ({ chroma, depth })),
  );
  const formats = ranges.flatMap((range) => samplings.map((sampling) => ({ ...base, ...range, ...sampling })));
  test.each(formats)('$matrix $range $chroma $depth bit', async (format) => {
    const bars = barColors.map((color) => codesOf(color, format));
    const results = await enlargeAll({}, format, bars);
    results.forEach((planes, i) => expectFlat(planes, limitedCodes(bars[i] ?? flat(0, 0, 0), format)));
  });
});

describe('every native scale is brought to every scale, in the right size and colour', () => {
  const cases = ([1, 2, 3, 4] as const).flatMap((native) => ([1, 2, 4] as const).map((asked) => ({ native, asked })));
  test.each(cases)('$native x asked for $asked x', async ({ native, asked }) => {
    for (const size of [
      { width: 24, height: 16 },
      { width: 23, height: 17 },
    ]) {
      const format = { ...base, ...size };
      const planes = await enlarge({ scale: native }, format, flat(120, 90, 170), asked);
      expect(planes.Y).toMatchObject({ width: size.width * asked, height: size.height * asked });
      expect(planes.U).toMatchObject({ width: Math.ceil((size.width * asked) / 2), height: size.height * asked });
      expectFlat(planes, [480, 360, 680]);
    }
  });
});

describe('networks that want it otherwise', () => {
  const cases: { what: string; network: Partial<NetworkOptions> }[] = [
    { what: 'white at 255', network: { white: 255 } },
    { what: 'half precision', network: { element: 'float16' } },
    { what: 'half precision and white at 255', network: { element: 'float16', white: 255 } },
    { what: 'sides that are a multiple of 8', network: { multiple: 8 } },
    { what: 'one size only', network: { fixed: { width: 64, height: 48 } } },
    { what: 'another operator set', network: { opset: 17 } },
  ];
  test.each(cases)('$what', async ({ network: wanted }) => {
    const format = { ...base, width: 23, height: 17 };
    const planes = await enlarge(wanted, format, { ...flat(0, 90, 170), y: (x) => 60 + 5 * x });
    expect(planes.Y).toMatchObject({ width: 46, height: 34 });
    // Every sample is repeated: what pads the frame to the network's size has not come in.
    expect(row(planes.Y, 33, 36, 46)).toEqual(
      [18, 18, 19, 19, 20, 20, 21, 21, 22, 22].map((x) => near(4 * (60 + 5 * x))),
    );
    expect(row(planes.U, 33, 15, 23)).toEqual(Array(8).fill(near(360)));
  });

  test('a frame larger than the only size is refused', () => {
    const wanted = { fixed: { width: 16, height: 16 } };
    const options = { format: base, model: network(wanted), traits: traitsOf(wanted), scale: 2 } as const;
    expect(() => rgbGraph(options)).toThrow("24x16 is more than the network's 16x16");
  });
});

describe('what the network sees', () => {
  test.each(['601', '709', '2020'] as const)('red by the matrix of BT.%s', async (matrix) => {
    // The network draws stripes as strong as a tenth of red; the lock leaves them, they have no mean.
    const format = { ...base, matrix, depth: 10 };
    const colors = barColors.map(([r, g, b]) => [0.2 + 0.7 * r, 0.2 + 0.7 * g, 0.2 + 0.7 * b] as const);
    const results = await enlargeAll(
      { stripes: 0.1 },
      format,
      colors.map((color) => codesOf(color, format)),
    );
    const stripes = results.map(({ Y }) => row(Y, 16, 20, 22)).map(([left = 0, right = 0]) => right - left);
    expect(stripes).toEqual(colors.map(([red]) => near(0.2 * 876 * red, 3)));
  });
});

describe('chroma stays where it was', () => {
  test.each(['420', '422', '444'] as const)('a ramp over the width of %s', async (chroma) => {
    const step = chroma === '444' ? 1 : 2;
    const { U } = await enlarge(
      { scale: 1 },
      { ...base, width: 40, chroma },
      { ...flat(120, 0, 128), u: (x) => 100 + step * x },
    );
    // Left-sited: chroma sample i of the result lies on luma column 2i, which is column i - 0.25 of the source.
    expect(row(U, 16, 10, 30)).toEqual(Array.from({ length: 20 }, (_, i) => near(4 * (100 + i + 10 - 0.25))));
  });

  test.each(['420', '422'] as const)('a ramp over the height of %s', async (chroma) => {
    const step = chroma === '420' ? 4 : 2;
    const { V } = await enlarge(
      { scale: 1 },
      { ...base, height: 40, chroma },
      { ...flat(120, 128, 0), v: (_, y) => 60 + step * y },
    );
    // 4:2:0: sample i lies half-way between rows 2i and 2i + 1.
    const offset = chroma === '420' ? 60 - step * 0.25 : 60;
    const column = Array.from({ length: 20 }, (_, i) => V.codes[(i + 20) * V.width + 6]);
    expect(column).toEqual(column.map((_, i) => near(4 * (offset + 2 * ((i + 20 + 0.5) / 2 - 0.5)))));
  });
});

describe('colours are locked to the source', () => {
  test('a network that brightens and one that darkens change no flat picture', async () => {
    for (const shift of [-0.04, 0.04])
      for (const white of [1, 255] as const)
        expectFlat(await enlarge({ shift, white }, base, flat(120, 90, 170)), [480, 360, 680]);
  });

  test('codes beyond black and white stay', async () => {
    expectFlat(await enlarge({}, base, flat(250, 128, 128)), [1000, 512, 512]);
    expectFlat(await enlarge({}, base, flat(5, 128, 128)), [20, 512, 512]);
  });

  test('codes that are reserved for timing references are never written', async () => {
    expectFlat(await enlarge({}, base, flat(255, 128, 128)), [1019, 512, 512], 0);
    expectFlat(await enlarge({}, base, flat(0, 128, 128)), [4, 512, 512], 0);
  });
});

test('grey pictures keep neutral chroma whatever the network makes of them', async () => {
  const tinted = { stripes: 0.3 };
  const codes = { ...flat(0, 128, 128), y: (x: number, y: number) => 20 + ((x * 37 + y * 91) % 200) };
  const { U, V } = await enlarge(tinted, { ...base, grey: true }, codes);
  expect(new Set([...U.codes, ...V.codes])).toEqual(new Set([512]));
});

/** R, G, B of the eight bars at 75 %, and greys. */
const barColors: [number, number, number][] = [
  ...Array.from({ length: 8 }, (_, i): [number, number, number] => [
    0.75 * ((i >> 2) & 1),
    0.75 * ((i >> 1) & 1),
    0.75 * (i & 1),
  ]),
  [0.9, 0.9, 0.9],
  [0.18, 0.18, 0.18],
];

/** Luma weights of R and B, as the recommendations print them. */
const weights: Record<YuvMatrix, [number, number]> = {
  '601': [0.299, 0.114],
  '709': [0.2126, 0.0722],
  '2020': [0.2627, 0.0593],
};

/** Y'CbCr codes of a colour by the definition of ITU-R BT.2100 table 9. */
function codesOf([r, g, b]: readonly [number, number, number], { matrix, range, depth }: PlanesFormat): Codes {
  const [kr, kb] = weights[matrix];
  const y = kr * r + (1 - kr - kb) * g + kb * b;
  const cb = (b - y) / (2 * (1 - kb));
  const cr = (r - y) / (2 * (1 - kr));
  const unit = 2 ** (depth - 8);
  const top = 2 ** depth - 1;
  const chroma = (c: number): number => (range === 'limited' ? (224 * c + 128) * unit : top * c + 2 ** (depth - 1));
  const codes = [range === 'limited' ? (219 * y + 16) * unit : top * y, chroma(cb), chroma(cr)];
  const [Y = 0, U = 0, V = 0] = codes.map((code) => Math.min(top, Math.round(code)));
  return flat(Y, U, V);
}

/** The same colour in 10-bit limited-range codes. */
function limitedCodes(codes: Codes, { range, depth }: PlanesFormat): [number, number, number] {
  const [y, u, v] = [codes.y(0, 0), codes.u(0, 0), codes.v(0, 0)];
  if (range === 'limited') return [y, u, v].map((code) => code / 2 ** (depth - 10)) as [number, number, number];
  const top = 2 ** depth - 1;
  const chroma = (code: number): number => 512 + (896 * (code - 2 ** (depth - 1))) / top;
  return [64 + (876 * y) / top, chroma(u), chroma(v)];
}

async function enlarge(
  change: Partial<NetworkOptions>,
  format: PlanesFormat,
  codes: Codes,
  scale: GraphScale = 2,
): Promise<ResultPlanes> {
  const [planes] = await enlargeAll(change, format, [codes], scale);
  if (!planes) throw new Error('no frame came back');
  return planes;
}

function enlargeAll(
  change: Partial<NetworkOptions>,
  format: PlanesFormat,
  frames: readonly Codes[],
  scale: GraphScale = 2,
): Promise<ResultPlanes[]> {
  // Through a file and back, as a network that a user brings.
  const model = decodeModel(encodeModel(network(change)));
  return runPlanes(rgbGraph({ format, model, traits: traitsOf(change), scale }), format, frames);
}

function expectFlat({ Y, U, V }: ResultPlanes, expected: readonly [number, number, number], within = 1): void {
  const error = ({ codes }: ResultPlane, code: number): number => Math.max(...codes.map((c) => Math.abs(c - code)));
  const worst = [Y, U, V].map((plane, i) => error(plane, Math.round(expected[i] ?? 0)));
  expect(Math.max(...worst), `expected ${expected.join()}`).toBeLessThanOrEqual(within);
}

/** Within some codes; vitest takes the number of digits, which half a unit must not exceed. */
function near(code: number, within = 1): number {
  return expect.closeTo(code, -Math.log10(2.01 * within)) as number;
}
