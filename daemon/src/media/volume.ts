import { readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a drive that was pulled out or a server that no longer answers gives for an answer (errno(3)). */
const awayCodes: readonly string[] = [
  ...['EIO', 'ENXIO', 'ENODEV', 'ENOMEDIUM', 'EREMOTEIO'],
  ...['ESTALE', 'ENOTCONN', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH', 'ETIMEDOUT'],
];

/** Does this error say that the whole volume has gone, and not only something on it? */
export function saysAway(code: string | undefined): code is string {
  return code !== undefined && awayCodes.includes(code);
}

/**
 * Why the volume with a file seems to be away, or undefined where the file is there or only the file itself is missing.
 * A volume leaves nothing behind: the file's folder is gone, or it is the empty folder that the volume was mounted on.
 */
export async function whyAway(path: string): Promise<string | undefined> {
  const code = await failureOf(stat(path));
  if (code === undefined || saysAway(code)) return code;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return undefined;
  const neighbours = await readdir(dirname(path)).catch(() => undefined);
  if (neighbours === undefined) return 'its folder is gone';
  return neighbours.length === 0 ? 'its folder is empty' : undefined;
}

async function failureOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code ?? 'unknown',
  );
}
