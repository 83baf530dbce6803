import { statfs } from 'node:fs/promises';
import { AppError } from '@uprez/shared';

/** Room that is left on the disk for everybody else, in bytes. */
const DISK_RESERVE = 256 * 1024 * 1024;

/** Throws `setup.disk-full` where fewer bytes than these and the reserve are free, the system's error for no folder. */
export async function expectRoom(folder: string, bytes: number): Promise<void> {
  const need = bytes + DISK_RESERVE;
  const free = await freeIn(folder);
  if (free < need) throw new AppError('setup.disk-full', { folder, need: megabytes(need), free: megabytes(free) });
}

/** Free bytes on a folder's disk, for this user. */
export async function freeIn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
