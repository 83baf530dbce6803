import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '@uprez/shared';
import { saysAway } from '../media/volume.ts';

/** No permission, by the folder's owner or because everything on it is read-only (errno(3)). */
const refusals: Readonly<Record<string, string>> = {
  EACCES: 'you have no permission',
  EPERM: 'you have no permission',
  EROFS: 'it is read-only',
};

/** What a full, closed or vanished folder did to the result, in the user's words; every other error as it is. */
export async function asDiskError(error: unknown, path: string): Promise<unknown> {
  const folder = dirname(path);
  const { code, path: place } = factsOf(error);
  // Results are all that the engine writes, so a disk that is full is theirs.
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError(
      'setup.disk-full',
      { folder, need: 'room for the rest of the clip', free: await roomIn(folder) },
      { cause: error },
    );
  if (saysAway(code)) return new AppError('setup.volume-away', { path: folder, why: code }, { cause: error });
  const why = refusals[code];
  if (why === undefined || !place.startsWith(folder)) return error;
  return new AppError('setup.output-folder', { folder, why }, { cause: error });
}

function factsOf(error: unknown): { code: string; path: string } {
  const { code, path } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  return { code: code ?? '', path: path ?? '' };
}

async function roomIn(folder: string): Promise<string> {
  const { bavail, bsize } = await statfs(folder);
  return `${Math.floor((bavail * bsize) / 1e6)} MB`;
}
