import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clip, type ClipOptions } from '../support/clips.ts';
import { type LocalDaemon, startLocalDaemon } from '../support/local.ts';
import { meanAround, type Pixels, type Plane, readPicture } from '../support/pictures.ts';

let local: LocalDaemon;
beforeAll(async () => {
  local = await startLocalDaemon();
});
afterAll(() => local[Symbol.asyncDispose]());

const size = { width: 280, height: 160 };
/** Middles of the seven bars of SMPTE's pattern. */
const bars = Array.from({ length: 7 }, (_, i) => ({ x: (i + 0.5) / 7, y: 0.3, radius: 0.02 }));

interface Case extends Pick<ClipOptions, 'color' | 'range' | 'pixelFormat'> {
  chroma: '420' | '422' | '444';
  depth: 8 | 10;
  model: 'fast' | 'fine' | 'bicubic';
}

const cases: Case[] = [];
for (const color of ['bt601', 'bt709'] as const)
  for (const range of ['tv', 'pc'] as const)
    for (const model of ['fast', 'fine', 'bicubic'] as const)
      cases.push({ color, range, model, chroma: '420', depth: 8 });
for (const chroma of ['420', '422', '444'] as const)
  for (const range of ['tv', 'pc'] as const) cases.push({ color: 'bt709', range, model: 'fast', chroma, depth: 10 });
for (const chroma of ['422', '444'] as const)
  cases.push({ color: 'bt709', range: 'tv', model: 'fast', chroma, depth: 8 });

describe('flat colours keep their level to the code value', () => {
  test.each(cases)('$color $range $chroma $depth bit, model $model', async (of) => {
    const pixels: Pixels = { ...size, chroma: of.chroma, depth: of.depth };
    const source = await clip({ ...size, ...clipFormat(of), picture: 'smptebars', frames: 2, extra: ['-crf', '0'] });
    const output = await local.upscale(source, { model: of.model });
    const before = await readPicture(source, pixels);
    const after = await readPicture(output.path, { width: 560, height: 320, chroma: '422', depth: 10 });
    for (const bar of bars) {
      expectWithinOne(after.y, bar, limited(meanAround(before.y, bar), of, 'luma'));
      expectWithinOne(after.u, bar, limited(meanAround(before.u, bar), of, 'chroma'));
      expectWithinOne(after.v, bar, limited(meanAround(before.v, bar), of, 'chroma'));
    }
  });
});

test('4x keeps them too', async () => {
  const source = await clip({ ...size, color: 'bt709', picture: 'smptebars', frames: 2, extra: ['-crf', '0'] });
  const output = await local.upscale(source, { model: 'fast', scale: 4 });
  const before = await readPicture(source, { ...size, chroma: '420', depth: 8 });
  const after = await readPicture(output.path, { width: 1120, height: 640, chroma: '422', depth: 10 });
  for (const bar of bars) expectWithinOne(after.y, bar, 4 * meanAround(before.y, bar));
});

function expectWithinOne(plane: Plane, bar: (typeof bars)[number], expected: number): void {
  expect.soft(Math.abs(meanAround(plane, bar) - expected), `bar at ${bar.x.toFixed(2)}`).toBeLessThanOrEqual(1);
}

function clipFormat({ color, range, chroma, depth }: Case): ClipOptions {
  const full = range === 'pc' && depth === 8 ? 'j' : '';
  const pixelFormat = `yuv${full}${chroma}p${depth === 10 ? '10le' : ''}`;
  return { ...(color ? { color } : {}), ...(range ? { range } : {}), pixelFormat };
}

/** What a source code is as a 10-bit limited-range code (ITU-R BT.2100, table 9). */
function limited(code: number, { range, depth }: Case, kind: 'luma' | 'chroma'): number {
  if (range !== 'pc') return code * 2 ** (10 - depth);
  const top = 2 ** depth - 1;
  return kind === 'luma' ? 64 + (code * 876) / top : 512 + ((code - 2 ** (depth - 1)) * 896) / top;
}
