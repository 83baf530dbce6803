import { AppError } from '@uprez/shared';
import { describe, expect, test } from 'vitest';
import { asDiskError } from '../../src/engine/disk-error.ts';
import { tempDir } from '../support/temp-dir.ts';

const refused = (code: string, syscall: string, path?: string): Error =>
  Object.assign(new Error(`${code}: refused, ${syscall}`), { code, syscall, path });

describe('what a system refuses is said in the user’s words', () => {
  test.each([
    ['ENOSPC', 'write', 'setup.disk-full'],
    ['ENODEV', 'write', 'setup.volume-away'],
    ['EACCES', 'open', 'setup.output-folder'],
    ['EMFILE', 'open', 'setup.file-refused'],
    ['EBUSY', 'rename', 'setup.file-refused'],
  ])('%s at %s: %s', async (code, syscall, expected) => {
    using folder = tempDir();
    const result = folder.file('sea.mov.partial');
    const said = await asDiskError(refused(code, syscall, result), result);
    expect(said).toBeInstanceOf(AppError);
    expect(said).toMatchObject({ code: expected });
    expect((said as AppError).message).toContain(folder.path);
  });

  test('other errors stay what they are', async () => {
    const error = new TypeError('a mistake of ours');
    expect(await asDiskError(error, '/results/sea.mov.partial')).toBe(error);
    const spawning = refused('ENOENT', 'spawn /usr/bin/ffmpeg');
    expect(await asDiskError(spawning, '/results/sea.mov.partial')).toBe(spawning);
    const known = new AppError('input.changed', { file: 'sea.mp4' });
    expect(await asDiskError(known, '/results/sea.mov.partial')).toBe(known);
  });
});
