import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@uprez/shared';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkPath, openClip } from '../../src/media/path-check.ts';
import { runTool } from '../support/tools.ts';

const posix = process.platform !== 'win32';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uprez-paths-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function codeOf(path: string): Promise<string | undefined> {
  return openClip(path).then(
    async ({ handle }) => handle.close().then(() => undefined),
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
}

describe('a path is refused without a look at the disk when it', () => {
  test.each([
    ['is empty', ''],
    ['is relative', 'clips/a.mov'],
    ['climbs out of nowhere', '../a.mov'],
    ['is an option', '-i'],
    ['is an address', 'https://example.com/a.mp4'],
    ['names a protocol', 'concat:/a.mp4|/b.mp4'],
    ['holds a NUL', '/clips/a\0.mov'],
    ['holds a line break', '/clips/a\nb.mov'],
    ['is a network path', '//server/share/a.mov'],
    ['is a network path of Windows', '\\\\server\\share\\a.mov'],
    ['is a device path of Windows', '\\\\.\\PhysicalDrive0'],
    ['is a device', '/dev/zero'],
    ['hides a device', '/clips/../dev/zero'],
    ['is a kernel file', '/proc/self/mem'],
    ['is too long', `/${'a'.repeat(4096)}`],
  ])('%s', (_why, path) => {
    expect(() => checkPath(path, 'linux')).toThrow(expect.objectContaining({ code: 'input.bad-path' }));
  });

  test.each([
    ['has no drive', '/clips/a.mov'],
    ['is relative to a drive', 'C:a.mov'],
    ['names a stream', 'C:\\clips\\a.mov:hidden'],
    ['names a device', 'C:\\clips\\con.mov'],
    ['names a port', 'C:\\com1'],
    ['ends with a dot', 'C:\\clips\\a.mov.'],
    ['ends with a space', 'C:\\clips\\a.mov '],
    ['holds a wildcard', 'C:\\clips\\*.mov'],
  ])('%s on Windows', (_why, path) => {
    expect(() => checkPath(path, 'win32')).toThrow(expect.objectContaining({ code: 'input.bad-path' }));
  });
});

describe('a path is accepted when it', () => {
  test.each([
    '/clips/a b.mov',
    '/клипы/ä “x”.mov',
    '/clips/100%d.mov',
    '/clips/-a.mov',
    '/developer/a.mov',
    '/a:b.mov',
  ])('is ordinary: %s', (path) => expect(() => checkPath(path, 'linux')).not.toThrow());

  test.each(['C:\\clips\\a b.mov', 'd:/clips/a.mov', 'C:\\console\\contact.mov'])(
    'is ordinary on Windows: %s',
    (path) => expect(() => checkPath(path, 'win32')).not.toThrow(),
  );
});

describe('a file', () => {
  test('is opened through a link to it, under its real name', async () => {
    const [file, link] = [join(folder, 'real.mov'), join(folder, 'link.mov')];
    await writeFile(file, 'abc');
    await symlink(file, link);
    const clip = await openClip(link);
    await clip.handle.close();
    expect(clip).toMatchObject({ path: file, sizeBytes: 3 });
  });

  test('is refused when it does not exist, or its folder is a file', async () => {
    await writeFile(join(folder, 'plain'), '');
    expect(await codeOf(join(folder, 'nowhere.mov'))).toBe('input.missing');
    expect(await codeOf(join(folder, 'plain', 'a.mov'))).toBe('input.missing');
  });

  test('is refused when it is a folder', async () => {
    await mkdir(join(folder, 'folder.mov'));
    expect(await codeOf(join(folder, 'folder.mov'))).toBe('input.not-a-file');
  });

  test.skipIf(!posix)('is refused when it is a pipe, which would block the reader', async () => {
    await runTool('mkfifo', [join(folder, 'pipe.mov')]);
    expect(await codeOf(join(folder, 'pipe.mov'))).toBe('input.not-a-file');
  });

  test.skipIf(!posix)('is refused when a link leads to a device, nowhere or in a circle', async () => {
    await symlink('/dev/zero', join(folder, 'zero.mov'));
    await symlink(join(folder, 'gone'), join(folder, 'broken.mov'));
    await symlink(join(folder, 'circle.mov'), join(folder, 'circle.mov'));
    expect(await codeOf(join(folder, 'zero.mov'))).toBe('input.bad-path');
    expect(await codeOf(join(folder, 'broken.mov'))).toBe('input.missing');
    expect(await codeOf(join(folder, 'circle.mov'))).toBe('input.not-a-file');
  });

  test.skipIf(!posix || process.getuid?.() === 0)('is refused when it may not be read', async () => {
    const file = join(folder, 'secret.mov');
    await writeFile(file, 'abc');
    await chmod(file, 0);
    expect(await codeOf(file)).toBe('input.unreadable');
  });
});
