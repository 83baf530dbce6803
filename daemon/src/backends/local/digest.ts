import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** Digest of all files that hold a model's weights, null where it has none. */
export async function digestOf(files: readonly string[]): Promise<string | null> {
  if (files.length === 0) return null;
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(file));
  return hash.digest('hex');
}
