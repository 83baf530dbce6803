import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clip, type ClipOptions } from '../support/clips.ts';
import { type LocalDaemon, startLocalDaemon } from '../support/local.ts';
import { ffmpeg } from '../support/tools.ts';

let local: LocalDaemon;
beforeAll(async () => {
  local = await startLocalDaemon();
});
afterAll(() => local[Symbol.asyncDispose]());

const seeThrough: ClipOptions = { extension: '.mov', transparent: true, frames: 6, width: 96, height: 64 };

describe('transparency', () => {
  test.each([
    ['ProRes 4444', { codec: 'prores4444', pixelFormat: 'yuva444p10le' }],
    ['Animation', { codec: 'qtrle', pixelFormat: 'argb' }],
    ['PNG', { codec: 'png', pixelFormat: 'rgba' }],
  ] as const)('of %s is kept in ProRes 4444', async (_, options) => {
    const source = await clip({ ...seeThrough, ...options });
    const output = await local.upscale(source, { alpha: 'keep' });
    expect(output.checks).toContainEqual(expect.objectContaining({ what: 'codec', found: 'prores 4444' }));
    for (const frame of [0, 5]) {
      const alpha = await alphaRow(output.path, frame);
      // The left half is see-through; in between lies what interpolation makes of an edge.
      expect(alpha.slice(0, 92).every((code) => code <= 4)).toBe(true);
      expect(alpha.slice(100).every((code) => code >= 1019)).toBe(true);
    }
  });

  test('goes with its frames: a range has that of its own', async () => {
    const source = await clip({ ...seeThrough, codec: 'qtrle', pixelFormat: 'argb', fading: true });
    const output = await local.upscale(source, { alpha: 'keep', range: { from: 2, to: 5 } });
    const rights: (number | undefined)[] = [];
    for (const frame of [0, 1, 2]) rights.push((await alphaRow(output.path, frame))[150]);
    // 40 eight-bit codes a frame, at 10 bits.
    expect(rights.map((code) => Math.round(((code ?? 0) * 255) / 1023 / 40))).toEqual([2, 3, 4]);
  });

  test('is refused where decoders do not deliver it', async () => {
    const webm = await clip({ ...seeThrough, codec: 'vp9', extension: '.webm', pixelFormat: 'yuva420p' });
    await expect(local.upscale(webm, { alpha: 'keep' })).rejects.toThrow(/transparency .* can't be kept/);
  });
});

/** 10-bit alpha of the middle row of a result's frame. */
async function alphaRow(path: string, frame: number): Promise<number[]> {
  const middle = `select=eq(n\\,${frame}),alphaextract,format=gray10le,crop=iw:1:0:64`;
  const raw = await ffmpeg(
    '-i',
    path,
    '-vf',
    middle,
    '-frames:v',
    '1',
    '-fps_mode',
    'passthrough',
    '-f',
    'rawvideo',
    '-',
  );
  return [...new Uint16Array(new Uint8Array(raw).buffer)];
}
