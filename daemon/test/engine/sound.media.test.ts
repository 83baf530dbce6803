import { afterAll, beforeAll, expect, test } from 'vitest';
import { clip, type ClipOptions } from '../support/clips.ts';
import { type LocalDaemon, startLocalDaemon } from '../support/local.ts';
import { ffmpeg } from '../support/tools.ts';

let local: LocalDaemon;
beforeAll(async () => {
  local = await startLocalDaemon();
});
afterAll(() => local[Symbol.asyncDispose]());

const base: ClipOptions = { extension: '.mov', frames: 60 };

test('PCM comes through bit by bit', async () => {
  const source = await clip({ ...base, sounds: [{ channels: 2 }] });
  const output = await local.upscale(source);
  expect(await samples(output.path, 0)).toEqual(await samples(source, 0));
});

test('24-bit sound keeps its depth', async () => {
  const source = await clip({ ...base, sounds: [{ codec: 'pcm_s24le', sampleRate: 96_000 }] });
  const output = await local.upscale(source);
  expect(await samples(output.path, 0, 's24le')).toEqual(await samples(source, 0, 's24le'));
  expect(output.checks).toContainEqual(
    expect.objectContaining({ what: 'sound 1', found: '2 ch (L R) 96000 Hz 24 bit, 230400 samples' }),
  );
});

test('all tracks are kept, with their channels', async () => {
  const source = await clip({ ...base, sounds: [{ channels: 1 }, { channels: 6, sampleRate: 44_100 }] });
  const output = await local.upscale(source);
  expect(await samples(output.path, 0)).toEqual(await samples(source, 0));
  expect(await samples(output.path, 1)).toEqual(await samples(source, 1));
});

test('a range takes the sound of just its frames', async () => {
  const source = await clip({ ...base, sounds: [{ channels: 1 }] });
  const output = await local.upscale(source, { range: { from: 10, to: 35 } });
  // 48000 / 25 = 1920 samples a frame, 2 bytes each.
  const whole = await samples(source, 0);
  expect(await samples(output.path, 0)).toEqual(whole.subarray(10 * 1920 * 2, 35 * 1920 * 2));
});

test('at 29.97 fps the sound is as long as the picture, to the sample', async () => {
  const source = await clip({ ...base, rate: '30000/1001', sounds: [{ channels: 1 }] });
  const output = await local.upscale(source);
  expect((await samples(output.path, 0)).length / 2).toBe(Math.round((60 * 1001 * 48_000) / 30_000));
});

test('AAC is decoded from where the picture starts, not from its priming samples', async () => {
  const source = await clip({ frames: 60, sounds: [{ channels: 1 }] });
  const output = await local.upscale(source, { range: { from: 25, to: 50 } });
  const expected = (await samples(source, 0)).subarray(25 * 1920 * 2, 50 * 1920 * 2);
  expect(await samples(output.path, 0)).toEqual(expected);
});

test('a clip without sound gives a file without sound', async () => {
  const output = await local.upscale(await clip(base));
  expect(output.checks).toContainEqual(expect.objectContaining({ what: 'sound tracks', found: 'none' }));
});

test('sound can be left out', async () => {
  const output = await local.upscale(await clip({ ...base, sounds: [{}] }), { audio: 'none' });
  expect(output.checks).toContainEqual(expect.objectContaining({ what: 'sound tracks', found: 'none' }));
});

test('a track that ends early is filled with silence', async () => {
  const source = await clip({ ...base, sounds: [{ channels: 1 }], extra: ['-af', 'atrim=end=1'] });
  const output = await local.upscale(source);
  const sound = await samples(output.path, 0);
  expect(sound.length).toBe(60 * 1920 * 2);
  expect(sound.subarray(48_000 * 2).every((byte) => byte === 0)).toBe(true);
});

/** PCM bytes of one audio track, as decoded. */
function samples(path: string, track: number, format = 's16le'): Promise<Buffer> {
  return ffmpeg('-i', path, '-map', `0:a:${track}`, '-f', format, '-');
}
