import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clip, type ClipOptions, readFrameNumbers } from '../support/clips.ts';
import { type LocalDaemon, startLocalDaemon } from '../support/local.ts';
import { meanAround, readPicture } from '../support/pictures.ts';
import { ffmpeg, ffprobe, hasFfprobe } from '../support/tools.ts';

let local: LocalDaemon;
beforeAll(async () => {
  local = await startLocalDaemon();
});
afterAll(() => local[Symbol.asyncDispose]());

describe('sizes', () => {
  const sizes: [string, ClipOptions, string][] = [
    ['odd width and height', { width: 101, height: 77, pixelFormat: 'yuv444p' }, '202x154'],
    ['odd and 4:2:0', { codec: 'ffv1', extension: '.mkv', width: 101, height: 77 }, '202x154'],
    ['odd and 4:2:2', { codec: 'ffv1', extension: '.mkv', width: 101, height: 77, pixelFormat: 'yuv422p' }, '202x154'],
    ['tiny', { width: 34, height: 20 }, '68x40'],
    ['upright', { width: 108, height: 192 }, '216x384'],
  ];
  test.each(sizes)('%s', async (_, options, size) => {
    for (const model of ['fast', 'bicubic']) {
      const output = await local.upscale(await clip({ ...options, frames: 3 }), { model });
      expect(`${output.width}x${output.height}`).toBe(size);
      expect(output.frames).toBe(3);
    }
  });

  test('4x doubles twice', async () => {
    const output = await local.upscale(await clip({ frames: 3 }), { scale: 4, model: 'fast' });
    expect(output).toMatchObject({ width: 768, height: 432, frames: 3 });
  });

  test('a result with a side above 8192 is refused before it is queued', async () => {
    const wide = await clip({ width: 4200, height: 64, frames: 1 });
    await expect(local.upscale(wide)).rejects.toThrow(/too large: 2x would be 8400x128/);
  });
});

test.each([90, 180, 270] as const)('a picture stored turned by %s degrees comes out upright', async (rotation) => {
  const source = await clip({ numbered: true, frames: 5, rotation });
  const output = await local.upscale(source);
  expect([output.width, output.height]).toEqual(rotation === 180 ? [384, 216] : [216, 384]);
  expect(await readFrameNumbers(output.path, rotation)).toEqual([0, 1, 2, 3, 4]);
});

test.skipIf(!hasFfprobe)('the shape of pixels is kept', async () => {
  const output = await local.upscale(await clip({ frames: 3, sampleAspect: '16/15' }));
  const { streams } = await ffprobe(output.path);
  expect(streams[0]).toMatchObject({ width: 384, height: 216, sample_aspect_ratio: '16:15' });
});

test('the picture is not moved: scaled down again it is the source', async () => {
  const source = await clip({ picture: 'mandelbrot', frames: 1, color: 'bt709', extra: ['-crf', '4'] });
  for (const model of ['bicubic', 'fast']) {
    const output = await local.upscale(source, { model });
    const [still, left, right] = await Promise.all(
      ['0', '-1', '1'].map((shift) => distance(source, output.path, shift)),
    );
    expect(still).toBeLessThan(left ?? 0);
    expect(still).toBeLessThan(right ?? 0);
    expect(still).toBeLessThan(8);
  }
});

test('transparency is refused, or left out when that is asked for', async () => {
  const source = await clip({
    codec: 'prores4444',
    extension: '.mov',
    pixelFormat: 'yuva444p10le',
    transparent: true,
    frames: 3,
  });
  await expect(local.upscale(source)).rejects.toThrow(/alpha channel, which ProRes 422 HQ can't hold/);
  expect(await local.upscale(source, { alpha: 'drop' })).toMatchObject({ width: 384, height: 216, frames: 3 });
});

test('grey video stays grey, with neutral chroma', async () => {
  const source = await clip({
    codec: 'ffv1',
    extension: '.mkv',
    picture: 'smptebars',
    pixelFormat: 'gray',
    range: 'tv',
    frames: 2,
  });
  const output = await local.upscale(source, { model: 'fast' });
  const picture = await readPicture(output.path, { width: 384, height: 216, chroma: '422', depth: 10 });
  expect(new Set(picture.u.codes)).toEqual(new Set([512]));
  expect(new Set(picture.v.codes)).toEqual(new Set([512]));
});

test('RGB video is converted to BT.709', async () => {
  const source = await clip({
    codec: 'png',
    extension: '.mov',
    picture: 'rgbtestsrc',
    pixelFormat: 'rgb24',
    width: 192,
    height: 108,
    frames: 2,
  });
  const output = await local.upscale(source);
  const picture = await readPicture(output.path, { width: 384, height: 216, chroma: '422', depth: 10 });
  // Stripes that brighten to the right, half-way red, green and blue; ITU-R BT.709: Y = 0.2126 R + 0.7152 G + 0.0722 B.
  const lumas = [1 / 6, 3 / 6, 5 / 6].map((y) => meanAround(picture.y, { x: 0.5, y, radius: 0.02 }));
  [0.2126, 0.7152, 0.0722].forEach((weight, i) =>
    expect(Math.abs((lumas[i] ?? 0) - (64 + (876 * weight) / 2))).toBeLessThan(3),
  );
});

/** Mean luma difference in 8-bit codes between a source and a result scaled down and moved by some result pixels. */
async function distance(source: string, result: string, shift: string): Promise<number> {
  // Grey first: with chroma, crop would round its offsets to whole chroma samples.
  const moved = `format=gray,crop=iw-4:ih-4:2+${shift}:2,scale=iw/2:ih/2:flags=area`;
  const still = 'format=gray,crop=iw-2:ih-2:1:1';
  const graph = `[0:v]${still}[a];[1:v]${moved}[b];[a][b]blend=all_mode=difference,scale=1:1:flags=area,format=gray`;
  const [mean] = await ffmpeg(
    '-i',
    source,
    '-i',
    result,
    '-filter_complex',
    graph,
    '-frames:v',
    '1',
    '-f',
    'rawvideo',
    '-',
  );
  return mean ?? 255;
}
