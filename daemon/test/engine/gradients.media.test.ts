import { afterAll, describe, expect, test } from 'vitest';
import { decodeFrames } from '../../src/engine/decoder.ts';
import type { SourceFormat } from '../../src/media/frame-filters.ts';
import { tempDir } from '../support/temp-dir.ts';
import { ffmpeg, ffmpegPath } from '../support/tools.ts';

const size = { width: 256, height: 64 };
const FRAMES = 12;
const folder = tempDir();
afterAll(() => folder[Symbol.dispose]());
let clips = 0;

/** A lossless 8-bit clip whose luma is an expression of frame number N, column X and row Y. */
async function luma(expression: string): Promise<SourceFormat> {
  const path = folder.file(`${clips++}.mkv`);
  const picture = `nullsrc=s=${size.width}x${size.height}:r=24,format=yuv420p,geq=lum='${expression}':cb=128:cr=128`;
  await ffmpeg('-f', 'lavfi', '-i', picture, '-frames:v', String(FRAMES), '-c:v', 'ffv1', path);
  return {
    ...{ path, ...size, chroma: '420', depth: 10, range: 'limited', matrix: '709', grey: false, rgb: false },
    ...{ turn: 0, deinterlace: null, deband: true, sourceRate: { num: 24, den: 1 }, conformTo: null },
    ...{ evenRate: null, rateConversion: 'sampling' },
  };
}

/** Luma codes of every frame from `first` on: [frame][sample]. */
async function decoded(source: SourceFormat, first = 0, counted = false): Promise<number[][]> {
  const samples = size.width * size.height;
  const all: number[][] = [];
  const span = { first, jobFirst: first, count: FRAMES - first, startSeconds: 0, counted };
  const buffer = (): ArrayBuffer => new ArrayBuffer(samples * 3);
  const signal = new AbortController().signal;
  for await (const { data } of decodeFrames({ ffmpeg: ffmpegPath, source, frames: span, buffer, signal }))
    all.push([...new Uint16Array(data, 0, samples)]);
  return all;
}

/** Rms distance of a frame from a ramp that nobody rounded, in 10-bit codes; its ends have no neighbours. */
function distance(frame: readonly number[], truth: (x: number) => number): number {
  const squares = frame.flatMap((value, i) => {
    const x = i % size.width;
    return x < 32 || x >= size.width - 32 ? [] : [(value - truth(x)) ** 2];
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

describe('8-bit gradients', () => {
  test.each([8, 16, 24])('of steps %i samples wide come nearer to what nobody rounded', async (wide) => {
    const source = await luma(`80+round(X/${wide})`);
    const truth = (x: number): number => 4 * (80 + x / wide);
    const [stepped] = await decoded({ ...source, deband: false });
    const [smooth] = await decoded(source);
    // Uniformly distributed within a code of four: 4 / sqrt(12).
    expect(distance(stepped ?? [], truth)).toBeGreaterThan(1.1);
    expect(distance(smooth ?? [], truth)).toBeLessThan(0.85 * distance(stepped ?? [], truth));
  });

  test('never move a sample by more than a code', async () => {
    const source = await luma('80+round(X/16)+mod(Y,2)');
    const [stepped = []] = await decoded({ ...source, deband: false });
    const [smooth = []] = await decoded(source);
    expect(Math.max(...smooth.map((value, i) => Math.abs(value - (stepped[i] ?? NaN))))).toBeLessThanOrEqual(4);
  });

  test('are all that changes: a flat picture and hard edges stay as they are', async () => {
    for (const expression of ['126', '60+100*mod(X+Y,2)', '60+100*gt(X,128)']) {
      const source = await luma(expression);
      expect(await decoded(source)).toEqual(await decoded({ ...source, deband: false }));
    }
  });

  test('come out the same wherever decoding starts, so that a resumed job continues exactly', async () => {
    const source = await luma('80+round((X+N*5)/16)+mod(floor(N/7),2)*20');
    const whole = await decoded(source);
    for (const first of [1, 3, 11]) {
      expect(await decoded(source, first)).toEqual(whole.slice(first));
      expect(await decoded(source, first, true)).toEqual(whole.slice(first));
    }
  });
});
