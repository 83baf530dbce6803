import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Model, ModelId } from '@uprez/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip } from '../support/clips.ts';
import { gentleNetwork } from '../support/networks.ts';
import { meanAround, readPicture } from '../support/pictures.ts';
import { User } from '../support/uprez.ts';

const user = new User();
afterAll(() => user[Symbol.dispose]());

beforeAll(() => {
  writeFileSync(join(user.clips, 'Mine.onnx'), gentleNetwork('CC0-1.0'));
  writeFileSync(join(user.clips, 'text.onnx'), 'not a network');
});

/** Upscales bars with a model and returns by how many 10-bit codes the worst of them is off. */
async function worstBar(model: string, scale: 2 | 4): Promise<number> {
  const bars = await clip({ picture: 'smptebars', color: 'bt709', frames: 2, extra: ['-crf', '0'] });
  copyFileSync(bars, join(user.clips, 'bars.mp4'));
  const { code, stdout } = await user.types('upscale', 'bars.mp4', '--model', model, '--scale', String(scale));
  expect([code, stdout]).toEqual([0, `${join(user.clips, `bars_uprez_${scale}x_${model}.mov`)}\n`]);
  const before = await readPicture(bars, { width: 192, height: 108, chroma: '420', depth: 8 });
  const size = { width: 192 * scale, height: 108 * scale };
  const after = await readPicture(stdout.trim(), { ...size, chroma: '422', depth: 10 });
  const planes = ['y', 'u', 'v'] as const;
  const off = [0, 1, 2, 3, 4, 5, 6].flatMap((bar) => {
    const at = { x: (bar + 0.5) / 7, y: 0.3, radius: 0.02 };
    return planes.map((plane) => Math.abs(meanAround(after[plane], at) - 4 * meanAround(before[plane], at)));
  });
  return Math.max(...off);
}

describe('the models that can be downloaded', () => {
  it('are listed with size and licence, each under a permissive one', async () => {
    const { code, stdout } = await user.types('models', '--json');
    const offered = (JSON.parse(stdout) as Model[]).filter(({ downloadBytes }) => downloadBytes !== null);
    expect(code).toBe(0);
    expect(offered.map(({ id }) => id)).toContain('realesrgan-x4plus');
    for (const { id, ready, licence } of offered)
      expect([ModelId.safeParse(id).success, ready, ['MIT', 'BSD-3-Clause'].includes(licence)]).toEqual([
        true,
        false,
        true,
      ]);
  });

  it('are shown with address, digest and the text of the licence', async () => {
    const { stdout } = await user.types('models', 'show', 'realesr-animevideov3');
    expect(stdout).toContain(
      'https://github.com/xinntao/Real-ESRGAN/releases/download/v0.2.5.0/realesr-animevideov3.pth',
    );
    expect(stdout).toContain('SHA-256 b8a8376811077954d82ca3fcf476f1ac3da3e8a68a4f4d71363008000a18b75d');
    expect(stdout).toContain('Redistribution and use in source and binary forms');
  });

  it('are not downloaded by a script that has not accepted the licence', async () => {
    const { code, stdout, stderr } = await user.types('models', 'pull', 'realesr-animevideov3');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('type `uprez models pull realesr-animevideov3 --accept-licence`.');
  });

  it('can’t be removed before they are there', async () => {
    const { code, stderr } = await user.types('models', 'remove', 'realesr-animevideov3');
    expect(code).toBe(1);
    expect(stderr).toContain(
      'is not on this machine yet. — `uprez models pull realesr-animevideov3` downloads it (2.5 MB).',
    );
  });
});

describe('a network of one’s own', () => {
  it('is added, listed, checked by the doctor and removed', async () => {
    const added = await user.types('models', 'add', 'Mine.onnx');
    expect(added).toMatchObject({ code: 0, stdout: 'mine\n' });
    expect((await user.types('models')).stdout).toMatch(/^mine +ready +2x 4x +CC0-1\.0 +added from Mine\.onnx/m);
    expect((await user.types('doctor')).stdout).toContain('ok      model mine: ready and unchanged, licence CC0-1.0');
    expect(await user.types('models', 'remove', 'mine')).toMatchObject({ code: 0, stderr: 'mine: removed\n' });
    expect((await user.types('models')).stdout).not.toContain('mine');
  });

  it('enlarges a clip by the scale that was asked for, in the clip’s own colours', async () => {
    await user.types('models', 'add', 'Mine.onnx', '--id', 'own');
    expect(await worstBar('own', 4)).toBeLessThanOrEqual(2);
  });

  it.each([
    [['models', 'add', 'text.onnx'], 'text.onnx'],
    [['models', 'add', 'nowhere.onnx'], '“nowhere.onnx” does not exist.'],
    [['models', 'add', 'Mine.onnx', '--id', 'fast'], 'There is already a model called “fast”.'],
    [['models', 'remove', 'fast'], "The model “fast” was not added by you and can't be removed."],
    [['models', 'show', 'mine'], 'There is no model called “mine”.'],
  ])('%j says what is wrong', async (args, sentence) => {
    const { code, stdout, stderr } = await user.types(...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(sentence);
  });
});

/** A folder with published networks; without it there is nothing to add. */
const folder = process.env['UPREZ_TEST_MODELS'] ?? '';

describe.runIf(folder !== '')('published networks', () => {
  // Those trained for looks rather than for fidelity shift flat colours by themselves.
  it.each([
    ['waifu2x-upconv7-photo-noise1.onnx', 2],
    ['realesr-general-x4v3.onnx', 3],
    ['realesr-animevideov3-x4.onnx', 3],
  ])('%s is added and enlarges a clip; bars are off by %d codes at most', async (file, codes) => {
    const added = await user.types('models', 'add', join(folder, file));
    expect(added).toMatchObject({ code: 0 });
    expect(await worstBar(added.stdout.trim(), 2)).toBeLessThanOrEqual(codes);
  });
});
