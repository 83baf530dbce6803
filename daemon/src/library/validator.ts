import { readFile, rm, writeFile } from 'node:fs/promises';
import type { Headers } from './origin.ts';

/**
 * What a server calls the state of its file, so that a part of another state is never added to what is there: a strong
 * ETag, or else the time of the last change (RFC 9110, 13.1.5). It lies beside the unfinished file.
 */
export function validatorOf({ etag, 'last-modified': modified }: Headers): string | null {
  if (typeof etag === 'string' && !etag.startsWith('W/')) return etag;
  return typeof modified === 'string' ? modified : null;
}

/** null where nothing was noted. */
export async function readValidator(file: string): Promise<string | null> {
  return readFile(validatorFile(file), 'utf8').catch(() => null);
}

export async function writeValidator(file: string, validator: string | null): Promise<void> {
  if (validator === null) await rm(validatorFile(file), { force: true });
  else await writeFile(validatorFile(file), validator, { mode: 0o600 });
}

/** The unfinished file and what was noted of it. */
export async function discard(file: string): Promise<void> {
  await rm(file, { force: true });
  await rm(validatorFile(file), { force: true });
}

function validatorFile(file: string): string {
  return `${file}.validator`;
}
