import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../daemon/src/media/find-ffmpeg.ts';
import { SIZE, SMALL } from '../bench/quality/originals.ts';
import { ramps } from '../bench/quality/ramps.ts';
import { decibels, meanChange, rmsError, scoresOf } from '../bench/quality/scores.ts';

const folder = mkdtempSync(join(tmpdir(), 'uprez-scores-'));
afterAll(() => rmSync(folder, { recursive: true }));
const size = { width: 96, height: 64 };

/** A luma plane of 10-bit words. */
function plane(code: (x: number, y: number) => number, { width, height } = size): Uint8Array {
  const codes = Uint16Array.from({ length: width * height }, (_, i) => code(i % width, Math.floor(i / width)));
  return new Uint8Array(codes.buffer);
}

const texture = (x: number, y: number): number => 300 + ((x * 37 + y * 91) % 200);
const noisy = (x: number, y: number): number => texture(x, y) + ((x + y) % 2 === 0 ? 3 : -3);

describe('scores', () => {
  it('find noise of a known size, frame by frame', async () => {
    const { path: ffmpeg } = await findFfmpeg(process.env['UPREZ_FFMPEG_PATH'] ?? null, process.env['PATH'] ?? '');
    const frames = { got: [plane(noisy), plane(texture)], wanted: [plane(texture), plane(texture)] };
    const [wrong, right] = await scoresOf({ ffmpeg, folder }, size, frames);
    expect(wrong?.squaredError).toBeCloseTo(9, 2);
    expect(decibels(wrong?.squaredError ?? 0)).toBeCloseTo(20 * Math.log10(1023 / 3), 2);
    expect(right).toEqual({ squaredError: 0, ssim: 1 });
    expect(wrong?.ssim).toBeLessThan(1);
  });

  it('leave out the border', async () => {
    const { path: ffmpeg } = await findFfmpeg(process.env['UPREZ_FFMPEG_PATH'] ?? null, process.env['PATH'] ?? '');
    const framed = plane((x, y) => (Math.min(x, y, 95 - x, 63 - y) < 8 ? 0 : texture(x, y)));
    const [score] = await scoresOf({ ffmpeg, folder }, size, { got: [framed], wanted: [plane(texture)] });
    expect(score?.squaredError).toBe(0);
    expect(
      rmsError(
        framed,
        new Float64Array(96 * 64).map((_, i) => texture(i % 96, Math.floor(i / 96))),
        size,
      ),
    ).toBe(0);
  });

  it('find how much a still shot changes', () => {
    const flat = (code: number): Uint8Array => plane(() => code);
    expect(meanChange([flat(500), flat(502), flat(501)])).toBe(1.5);
    expect(meanChange([flat(500)])).toBe(0);
  });
});

it('ramps: the 8-bit frame is the truth, rounded', () => {
  for (const { truth, small } of ramps()) {
    const lumaAt = (x: number, y: number): number => 4 * (small[y * SMALL.width + x] ?? NaN);
    const around = (x: number, y: number): number =>
      [0, 1, SIZE.width, SIZE.width + 1].reduce(
        (sum, step) => sum + (truth[2 * y * SIZE.width + 2 * x + step] ?? NaN),
        0,
      ) / 4;
    for (const [x, y] of [
      [0, 0],
      [100, 7],
      [639, 359],
      [320, 180],
    ] as const)
      expect(Math.abs(lumaAt(x, y) - around(x, y))).toBeLessThanOrEqual(2 + 1e-9);
  }
});
