import { afterAll, describe, expect, test } from 'vitest';
import { decodeFrames } from '../../src/engine/decoder.ts';
import type { SourceFormat } from '../../src/media/frame-filters.ts';
import { tempDir } from '../support/temp-dir.ts';
import { ffmpeg, ffmpegPath } from '../support/tools.ts';

const size = { width: 64, height: 32 };
const frames = 30;
const folder = tempDir();
afterAll(() => folder[Symbol.dispose]());
let clips = 0;

/** A lossless clip whose luma is an expression of frame number N and column X. */
async function luma(expression: string, count = frames): Promise<SourceFormat> {
  const path = folder.file(`${clips++}.mkv`);
  const picture = `nullsrc=s=64x32:r=24,format=yuv420p,geq=lum='${expression}':cb=128:cr=128`;
  await ffmpeg('-f', 'lavfi', '-i', picture, '-frames:v', String(count), '-c:v', 'ffv1', path);
  return {
    ...{
      path,
      ...size,
      chroma: '420',
      depth: 10,
      range: 'limited',
      matrix: '709',
      grey: false,
      rgb: false,
      ...{ turn: 0, deinterlace: null },
    },
    ...{ steady: 4, sourceRate: { num: 24, den: 1 }, conformTo: null },
    ...{ evenRate: null, rateConversion: 'sampling' },
  };
}

/** Luma codes of every frame from `first` on: [frame][sample]. */
async function decoded(
  source: SourceFormat,
  first: number,
  { counted = false, end = frames } = {},
): Promise<number[][]> {
  const bytes = size.width * size.height * 3;
  const all: number[][] = [];
  const span = { first, jobFirst: first, count: end - first, startSeconds: 0, counted };
  const buffer = (): ArrayBuffer => new ArrayBuffer(bytes);
  for await (const { data } of decodeFrames({
    ...{ ffmpeg: ffmpegPath, source, frames: span, buffer, signal: new AbortController().signal },
  }))
    all.push([...new Uint16Array(data, 0, size.width * size.height)]);
  return all;
}

describe('steadying', () => {
  test('averages a place that trembles by one code, in steps finer than the source has', async () => {
    const values = (await decoded(await luma('100+mod(N,2)'), 0)).slice(4, -4).flat();
    // Five of nine frames have one value, four the other: 400 + 4 * 4/9 and 400 + 4 * 5/9.
    expect(new Set(values)).toEqual(new Set([402]));
  });

  test('leaves what changes by more than a code exactly as it is', async () => {
    const source = await luma('64+mod(X*3+N*5,150)');
    const plain = await decoded({ ...source, steady: null, depth: 10 }, 0);
    expect(await decoded(source, 0)).toEqual(plain);
  });

  test('gives the same frames wherever decoding starts, so that a resumed job continues exactly', async () => {
    const source = await luma('100+mod(N*N+X,2)+mod(floor(N/7),2)*20');
    const whole = await decoded(source, 0);
    for (const first of [1, 2, 3, 11, 29]) {
      expect(await decoded(source, first)).toEqual(whole.slice(first));
      expect(await decoded(source, first, { counted: true })).toEqual(whole.slice(first));
    }
  });

  test.each([1, 2, 3, 4, 5, 8, 9])('takes a clip of %i frames, fewer than it looks at', async (count) => {
    const source = await luma('100+mod(N,2)*40+X', count);
    const first = await decoded({ ...source, steady: null }, 0, { end: count });
    expect(await decoded(source, 0, { end: count })).toEqual(first);
    expect(first).toHaveLength(count);
  });
});
