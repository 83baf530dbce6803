import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath, stat } from 'node:fs/promises';
import { basename, posix, win32 } from 'node:path';
import { AppError } from '@uprez/shared';

const MAX_PATH_CHARACTERS = 4096;
/** Names that Windows takes for devices, with or without an extension. */
const WINDOWS_DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** Kernel interfaces, where opening or reading a file can do more than that. */
const POSIX_DEVICES = /^\/(dev|proc|sys)(\/|$)/;

/**
 * Refuses paths that must not even be looked up: relative ones, addresses, network and device paths (a look-up there can
 * hang, or sign in to a stranger's server), control characters. Throws `input.bad-path`; touches no file system.
 */
export function checkPath(path: string, platform: NodeJS.Platform = process.platform): void {
  const why = problemOf(path, platform);
  if (why) throw new AppError('input.bad-path', { why });
}

function problemOf(path: string, platform: NodeJS.Platform): string | undefined {
  if (path === '') return 'it is empty';
  if (path.length > MAX_PATH_CHARACTERS) return `it is longer than ${MAX_PATH_CHARACTERS} characters`;
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'it contains control characters';
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(path)) return 'it is an address, not a path';
  if (/^[\\/]{2}/.test(path)) return 'it is a network or device path';
  return platform === 'win32' ? windowsProblem(path) : posixProblem(path);
}

function posixProblem(path: string): string | undefined {
  if (!posix.isAbsolute(path)) return 'it is not absolute';
  if (POSIX_DEVICES.test(posix.normalize(path))) return 'it is a device path';
  return undefined;
}

function windowsProblem(path: string): string | undefined {
  if (!/^[a-z]:[\\/]/i.test(path)) return 'it is not absolute';
  const names = win32.normalize(path).slice(3).split('\\');
  if (names.some((name) => /[:*?"<>|]/.test(name))) return 'it contains characters that file names can’t have';
  if (names.some((name) => WINDOWS_DEVICES.test(name))) return 'it names a device';
  if (names.some((name) => /[. ]$/.test(name))) return 'a name in it ends with a dot or a space';
  return undefined;
}

/** An open clip that is known to be a regular file. `path` is its real path, links resolved. */
export interface OpenClip {
  handle: FileHandle;
  path: string;
  sizeBytes: number;
  modifiedMs: number;
}

/**
 * Opens a regular file for reading, following links to one. The file that is opened is the one that was checked, also when
 * somebody exchanges it in between. Throws `input.bad-path`, `input.missing`, `input.not-a-file`, `input.unreadable`.
 */
export async function openClip(path: string): Promise<OpenClip> {
  checkPath(path);
  const file = basename(path);
  try {
    await lstat(path);
    const real = await realpath(path);
    checkPath(real);
    // A FIFO would block `open` and a device may act on it, so the kind comes first.
    const found = await stat(real, { bigint: true });
    if (!found.isFile()) throw new AppError('input.not-a-file', { file });
    const handle = await open(real, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    return await sameFile(handle, found, real);
  } catch (cause) {
    throw cause instanceof AppError ? cause : refusal(cause, file);
  }
}

async function sameFile(handle: FileHandle, found: BigIntStats, path: string): Promise<OpenClip> {
  const opened = await handle.stat({ bigint: true });
  if (!opened.isFile() || opened.ino !== found.ino || opened.dev !== found.dev) {
    await handle.close();
    throw new AppError('input.not-a-file', { file: basename(path) });
  }
  return { handle, path, sizeBytes: Number(opened.size), modifiedMs: Number(opened.mtimeMs) };
}

function refusal(cause: unknown, file: string): AppError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new AppError('input.missing', { file }, { cause });
  if (code === 'ELOOP') return new AppError('input.not-a-file', { file }, { cause });
  return new AppError('input.unreadable', { file }, { cause });
}
