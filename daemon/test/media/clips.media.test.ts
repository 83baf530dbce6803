import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ClipOptions, clip, readFrameNumbers } from '../support/clips.ts';
import { ffmpeg } from '../support/tools.ts';

const numbers = Array.from({ length: 40 }, (_, frame) => frame);

test.each([
  {},
  { range: 'pc' },
  { color: 'pq', pixelFormat: 'yuv420p10le' },
  { codec: 'prores', extension: '.mov', pixelFormat: 'yuv422p10le', width: 320, height: 180 },
  { codec: 'qtrle', extension: '.mov', pixelFormat: 'rgb24' },
  { codec: 'mpeg4', extension: '.avi', width: 101, height: 57 },
  { rotation: 90 },
] as const satisfies ClipOptions[])('the numbers in the pictures of %j can be read', async (options) => {
  expect(await readFrameNumbers(await clip({ ...options, numbered: true, frames: 40 }))).toEqual(numbers);
});

test('the numbers survive enlarging, turning and encoding', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'uprez-clips-'));
  const path = join(folder, 'out.mov');
  // ffmpeg turns the picture as the track header says
  const source = await clip({ numbered: true, frames: 40, rotation: 270 });
  await ffmpeg('-i', source, '-vf', 'scale=iw*2:ih*2', '-c:v', 'prores_ks', '-profile:v', '3', path);
  expect(await readFrameNumbers(path, 270)).toEqual(numbers);
  await rm(folder, { recursive: true });
});
