import { readdirSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip } from '../support/clips.ts';
import { User } from '../support/uprez.ts';

const user = new User();
afterAll(() => user[Symbol.dispose]());

beforeAll(async () => {
  await copyFile(await clip(), join(user.clips, 'a.mp4'));
  writeFileSync(join(user.clips, 'text.mp4'), 'not a clip at all\n');
  writeFileSync(join(user.clips, 'empty.mp4'), '');
});

describe('a wrong command line ends with code 2 and says what is wrong', () => {
  it.each([
    [['fly'], 'unknown verb “fly”'],
    [['upscale'], "missing required argument 'clips'"],
    [['upscale', 'a.mp4', '--speed', '9'], "unknown option '--speed'"],
    [['upscale', 'a.mp4', '--scale', '3'], 'Use 2 or 4, or 1 to keep the size.'],
    [['upscale', 'a.mp4', '--fps', 'many'], 'Use frames per second'],
    [['upscale', 'a.mp4', '--from', 'soon'], 'Use seconds (3.5)'],
    [['upscale', 'a.mp4', '--from', '00:00:00:27'], '“00:00:00:27” is not a time.'],
    [['upscale', 'a.mp4', '--handles', '-3'], 'Use a whole number'],
    [['upscale', 'a.mp4', 'b.mp4', '--output', 'x.mov'], '--output names one file, but there are 2 clips.'],
    [['settings', 'colour'], 'There is no setting “colour”.'],
    [['settings', 'scale', '3'], '“3” is not possible for scale.'],
    [['jobs', '--log-level', 'loud'], 'The setting --log-level is not valid'],
  ])('%j', async (args, sentence) => {
    const { code, stdout, stderr } = await user.types(...args);
    expect(stderr).toContain(sentence);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

describe('a clip that can’t be processed ends with code 1, a sentence and a next step', () => {
  it.each([
    [['upscale', 'nowhere.mp4'], '“nowhere.mp4” does not exist. — Check the path'],
    [['upscale', 'text.mp4'], '“text.mp4” is not a video file'],
    [['upscale', 'empty.mp4'], '“empty.mp4” is empty (0 bytes). — '],
    [['upscale', 'a.mp4', '--from', '5'], 'holds no frames'],
    [['upscale', 'a.mp4', '--model', 'mine'], 'There is no model called “mine”. — '],
    [['cancel', 'ffff'], 'There is no job ffff. — '],
    [['watch'], 'The Uprez daemon is not running. — '],
    [['upscale', 'a.mp4', '--detach'], 'The Uprez daemon is not running. — '],
  ])('%j', async (args, sentence) => {
    const before = readdirSync(user.clips);
    const { code, stdout, stderr } = await user.types(...args);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(code).toBe(1);
    expect(readdirSync(user.clips)).toEqual(before);
  });
});

describe('verbs that only ask', () => {
  it('print help and version with code 0', async () => {
    const [help, version] = [await user.types('help'), await user.types('--version')];
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('upscale [options] <clips...>');
    expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it('list the models', async () => {
    const { code, stdout } = await user.types('models', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ id: 'fast', ready: true }));
  });

  it('remember a setting', async () => {
    expect(await user.types('settings', 'handles', '12')).toMatchObject({ code: 0, stdout: 'handles = 12\n' });
    expect(await user.types('settings', 'handles')).toMatchObject({ code: 0, stdout: 'handles = 12\n' });
    expect((await user.types('settings', 'outputFolder', user.clips)).code).toBe(0);
    expect((await user.types('settings', 'outputFolder', 'none')).stdout).toBe('outputFolder = none\n');
    expect(JSON.parse((await user.types('settings', '--json')).stdout)).toMatchObject({
      handles: 12,
      outputFolder: null,
    });
  });

  it('find everything in order, or say what is missing and how to get it', async () => {
    const healthy = await user.types('doctor');
    expect(healthy.stdout).toMatch(/^ok +ffmpeg: /m);
    expect(healthy.code).toBe(0);
    const sick = await user.starts(['doctor', '--json'], { UPREZ_FFMPEG_PATH: join(user.clips, 'ffmpeg') }).ended;
    const { checks } = JSON.parse(sick.stdout) as { checks: unknown[] };
    expect(checks).toContainEqual(
      expect.objectContaining({ name: 'ffmpeg', status: 'error', next: expect.stringContaining('Install ffmpeg') }),
    );
    expect(sick.code).toBe(1);
  });
});
