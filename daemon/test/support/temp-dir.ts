import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempDir extends Disposable {
  readonly path: string;
  file(...names: string[]): string;
}

/** A folder of its own, gone when it is disposed. */
export function tempDir(): TempDir {
  const path = mkdtempSync(join(tmpdir(), 'uprez-test-'));
  return {
    path,
    file: (...names) => join(path, ...names),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
