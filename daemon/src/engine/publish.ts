import { link, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join, basename } from 'node:path';
import { numberedName } from '@uprez/shared';
import { syncFolder } from '../media/sync-folder.ts';

/**
 * Gives a finished file its name without ever replacing another: where the name is taken, the next numbered one is used.
 * Where the file system has links, the partial name stays beside it until the caller has recorded the result, so that a
 * crash in between is recognised and not published twice. Returns the path; the name is durable when this resolves.
 */
export async function publish(partial: string, wanted: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(dirname(wanted), numberedName(basename(wanted), number));
    if (await named(partial, path)) {
      await syncFolder(dirname(path));
      return path;
    }
  }
}

/** Takes back the name of a file whose job was cancelled before its result was recorded. */
export async function unpublish(partial: string, wanted: string): Promise<void> {
  if (!(await exists(partial))) return;
  for (let number = 1; ; number++) {
    const path = join(dirname(wanted), numberedName(basename(wanted), number));
    if (!(await exists(path))) return;
    if (await isSameFile(partial, path)) return unlink(path);
  }
}

/** A hard link fails where the name exists, which a rename does not; file systems without links get the second best. */
async function named(partial: string, path: string): Promise<boolean> {
  try {
    await link(partial, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return isSameFile(partial, path);
  }
  if (await exists(path)) return false;
  await rename(partial, path);
  return true;
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([stat(a), stat(b)]);
  return first.ino === second.ino && first.dev === second.dev;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
