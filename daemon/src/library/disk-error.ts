import { dirname } from 'node:path';
import { AppError } from '@uprez/shared';
import { freeIn, megabytes } from '../media/disk-room.ts';

/** What a disk that fills up did to a file, in the user's words; every other error as it is. */
export async function diskError(error: unknown, file: string): Promise<unknown> {
  const { code } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  const folder = dirname(file);
  const free = megabytes(await freeIn(folder));
  return new AppError('setup.disk-full', { folder, need: 'room for the rest of the model', free }, { cause: error });
}
