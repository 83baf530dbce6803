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
  const { code, path: place, call } = factsOf(error);
  // Results are all that the engine writes, so a disk that is full is theirs.
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError(
      'setup.disk-full',
      { folder, need: 'room for the rest of the clip', free: await roomIn(folder) },
      { cause: error },
    );
  if (saysAway(code)) return new AppError('setup.volume-away', { path: folder, why: code }, { cause: error });
  const why = refusals[code];
  if (why !== undefined && place.startsWith(folder))
    return new AppError('setup.output-folder', { folder, why }, { cause: error });
  // Too many open files, a file in use, a drive that fails: what else a system says about its files (errno(3)).
  if (call === '' || call.startsWith('spawn') || !/^E[A-Z0-9]+$/.test(code)) return error;
  return new AppError('setup.file-refused', { folder, call, why: code }, { cause: error });
}

function factsOf(error: unknown): { code: string; path: string; call: string } {
  const { code = '', path = '', syscall = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  return { code, path, call: syscall };
}

async function roomIn(folder: string): Promise<string> {
  const { bavail, bsize } = await statfs(folder);
  return `${Math.floor((bavail * bsize) / 1e6)} MB`;
}
