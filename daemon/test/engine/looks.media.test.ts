import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { LookId, NewTask } from '@uprez/shared';
import { clip } from '../support/clips.ts';
import { type LocalDaemon, startLocalDaemon } from '../support/local.ts';
import { meanAround, readPicture } from '../support/pictures.ts';
import { ffmpeg } from '../support/tools.ts';

let local: LocalDaemon;
beforeAll(async () => {
  local = await startLocalDaemon();
});
afterAll(() => local[Symbol.asyncDispose]());

const size = { width: 280, height: 160 };
/** Middles of the seven bars of SMPTE's pattern: white, colours, and what is left of black below them. */
const bars = Array.from({ length: 7 }, (_, i) => ({ x: (i + 0.5) / 7, y: 0.3, radius: 0.02 }));
const result = { ...size, chroma: '422', depth: 10 } as const;

const barsClip = (): Promise<string> =>
  clip({ ...size, color: 'bt709', picture: 'smptebars', frames: 2, extra: ['-crf', '0'] });
const flat = (task: Partial<NewTask>): Partial<NewTask> => ({ model: 'none', scale: 1, deband: 'off', ...task });

test('a clip that keeps its size without a look keeps its codes', async () => {
  const source = await barsClip();
  const before = await readPicture(source, { ...size, chroma: '420', depth: 8 });
  const after = await readPicture((await local.upscale(source, flat({}))).path, result);
  for (const bar of bars) {
    expect(meanAround(after.y, bar)).toBeCloseTo(4 * meanAround(before.y, bar), 0);
    expect(meanAround(after.u, bar)).toBeCloseTo(4 * meanAround(before.u, bar), 0);
  }
});

describe('flat follows its documented curve', () => {
  test.each([
    ['the same size', { model: 'none', scale: 1 } as const],
    ['twice the size by a network', { model: 'fast', scale: 2 } as const],
    ['four times the size', { model: 'bicubic', scale: 4 } as const],
  ])('at %s', async (_name, how) => {
    const source = await barsClip();
    const { path } = await local.upscale(source, { ...how, look: { id: 'flat' } });
    const before = await readPicture(source, { ...size, chroma: '420', depth: 8 });
    const [width, height] = [size.width * how.scale, size.height * how.scale];
    const after = await readPicture(path, { width, height, chroma: '422', depth: 10 });
    for (const bar of bars) {
      expect.soft(Math.abs(meanAround(after.y, bar) - (3.6 * meanAround(before.y, bar) + 81.6))).toBeLessThan(1);
      expect.soft(Math.abs(meanAround(after.u, bar) - (3.4 * (meanAround(before.u, bar) - 128) + 512))).toBeLessThan(1);
    }
  });
});

test('flat-classic comes within half an 8-bit code of the command that it follows', async () => {
  const source = await barsClip();
  const eq = ['-vf', 'eq=contrast=0.9:saturation=0.85:brightness=0.03', '-f', 'rawvideo', '-pix_fmt', 'yuv420p'];
  const bytes = await ffmpeg('-i', source, ...eq, '-frames:v', '1', 'pipe:1');
  const { path } = await local.upscale(source, flat({ look: { id: 'flat-classic' } }));
  const after = await readPicture(path, result);
  for (const bar of bars) {
    const x = Math.round(bar.x * size.width);
    const old = bytes[Math.round(bar.y * size.height) * size.width + x] ?? 0;
    expect.soft(Math.abs(meanAround(after.y, bar) / 4 - old)).toBeLessThan(0.6);
  }
});

describe('the LUT beside the result takes the look back within two codes', () => {
  test.each(['flat', 'slog3', 'logc3'] as const)('%s', async (id: LookId) => {
    const source = await barsClip();
    const plain = await readPicture((await local.upscale(source, flat({}))).path, result);
    const { path } = await local.upscale(source, flat({ look: { id }, lut: true }));
    const graded = await readPicture(path, result);
    const undo = tableIn(await readFile(path.replace('.mov', '_to-rec709.cube'), 'utf8'));
    for (const bar of bars) {
      const codes = (picture: typeof plain) =>
        [picture.y, picture.u, picture.v].map((plane) => meanAround(plane, bar)) as [number, number, number];
      const back = codesOf(undo(signalsOf(codes(graded))));
      codes(plain).forEach((code, i) => expect.soft(Math.abs((back[i] ?? 0) - code)).toBeLessThanOrEqual(2));
    }
  });
});

type Three = [number, number, number];

/** ITU-R BT.709 and BT.2100 table 9. */
const [RED, BLUE] = [0.2126, 0.0722];

function signalsOf([y, u, v]: Three): Three {
  const light = (y - 64) / 876;
  const [red, blue] = [light + ((v - 512) / 448) * (1 - RED), light + ((u - 512) / 448) * (1 - BLUE)];
  return [red, (light - RED * red - BLUE * blue) / (1 - RED - BLUE), blue];
}

function codesOf([red, green, blue]: Three): Three {
  const light = RED * red + (1 - RED - BLUE) * green + BLUE * blue;
  return [64 + 876 * light, 512 + (448 * (blue - light)) / (1 - BLUE), 512 + (448 * (red - light)) / (1 - RED)];
}

/** The table of a .cube file, read and interpolated (trilinear) as another program might. */
function tableIn(text: string): (rgb: Three) => Three {
  const size = Number(/^LUT_3D_SIZE (\d+)$/m.exec(text)?.[1]);
  const rows = text.split('\n').filter((line) => /^-?\d/.test(line));
  const points = rows.map((line) => line.split(' ').map(Number));
  return (rgb) => {
    const places = rgb.map((signal) => Math.min(1, Math.max(0, signal)) * (size - 1));
    const first = places.map((place) => Math.min(size - 2, Math.floor(place)));
    const sum: Three = [0, 0, 0];
    for (let corner = 0; corner < 8; corner++) {
      const steps = [corner & 1, (corner >> 1) & 1, corner >> 2];
      const weight = steps.reduce((product, step, i) => {
        const far = (places[i] ?? 0) - (first[i] ?? 0);
        return product * (step === 1 ? far : 1 - far);
      }, 1);
      const [r = 0, g = 0, b = 0] = steps.map((step, i) => (first[i] ?? 0) + step);
      points[r + size * (g + size * b)]?.forEach((value, i) => (sum[i] = (sum[i] ?? 0) + weight * value));
    }
    return sum;
  };
}

describe('a job is refused', () => {
  it('at a scale that its model is not made for', async () => {
    await expect(local.upscale(await barsClip(), { model: 'fast', scale: 1 })).rejects.toMatchObject({
      code: 'model.other-scale',
    });
    await expect(local.upscale(await barsClip(), { model: 'none', scale: 2 })).rejects.toThrow('works at 1x');
  });

  it('with a LUT of what has no inverse', async () => {
    await expect(local.upscale(await barsClip(), flat({ lut: true }))).rejects.toMatchObject({
      code: 'look.no-inverse',
    });
  });
});

test('the same clip with another look is another job, and its file has another name', async () => {
  const source = await barsClip();
  const [one, other] = await Promise.all([
    local.upscale(source, flat({ look: { id: 'flat', strength: 0.5 } })),
    local.upscale(source, flat({ look: { id: 'clog3', strength: 0.5 } })),
  ]);
  expect(one.path).toMatch(/_uprez_flat-50.*\.mov$/);
  expect(other.path).toMatch(/_uprez_clog3-50.*\.mov$/);
});
