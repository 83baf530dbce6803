import { mkdtemp, rmdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { bytes } from '@uprez/shared';
import type { Config } from '../config.ts';
import { type Check, ok, warn } from './checks.ts';

/** Below this a long clip in ProRes fills the disk: an hour of HD at the HQ rate takes 99 GB. */
const ROOM_BYTES = 10e9;

/** Can every folder be written, and is there room in it? Folders that nobody chose (null) are left out. */
export function checkFolders(config: Config, outputFolder: string | null): Promise<Check[]> {
  const { paths, tempDir, outputDir } = config;
  const folders = [
    ['data folder', paths.data],
    ['log folder', paths.log],
    ['results', outputFolder ?? outputDir],
    ['unfinished files', tempDir],
  ] as const;
  return Promise.all(folders.flatMap(([name, folder]) => (folder === null ? [] : [checkFolder(name, folder)])));
}

/** By writing something: permissions alone say nothing of read-only drives and quotas. */
async function checkFolder(name: string, folder: string): Promise<Check> {
  try {
    await rmdir(await mkdtemp(join(folder, '.uprez-doctor-')));
    const { bavail, bsize } = await statfs(folder);
    const detail = `${folder}, ${bytes(bavail * bsize)} free`;
    if (bavail * bsize >= ROOM_BYTES) return ok(name, detail);
    return warn(name, detail, 'Free some space: an hour of HD takes about 100 GB.');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const next = 'Check that the drive is connected and its permissions, or choose another folder.';
    return { name, status: 'error', detail: `${folder} can't be written (${why}).`, next };
  }
}
