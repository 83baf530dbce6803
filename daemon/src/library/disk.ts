import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '@uprez/shared';

/** Room that is left on the disk for everybody else, in bytes. */
const DISK_RESERVE = 256 * 1024 * 1024;

/** Throws `setup.disk-full`. */
export async function expectRoom(folder: string, bytes: number): Promise<void> {
  const need = bytes + DISK_RESERVE;
  const free = await freeIn(folder);
  if (free < need) throw new AppError('setup.disk-full', { folder, need: megabytes(need), free: megabytes(free) });
}

/** What a disk that fills up did to a file, in the user's words; every other error as it is. */
export async function diskError(error: unknown, file: string): Promise<unknown> {
  const { code } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  const folder = dirname(file);
  const free = megabytes(await freeIn(folder));
  return new AppError('setup.disk-full', { folder, need: 'room for the rest of the model', free }, { cause: error });
}

async function freeIn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
