import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { publish, unpublish } from '../../src/engine/publish.ts';
import { tempDir } from '../support/temp-dir.ts';

test('a result gets its name and keeps its partial one until that is recorded', async () => {
  using folder = tempDir();
  const [partial, path] = filesIn(folder.path);
  expect(await publish(partial, path)).toBe(path);
  expect(readFileSync(path, 'utf8')).toBe('frames');
  expect(readdirSync(folder.path).toSorted()).toEqual(['sea.mov', 'sea.mov.partial']);
});

test('another file is never replaced', async () => {
  using folder = tempDir();
  const [partial, path] = filesIn(folder.path);
  writeFileSync(path, 'somebody else’s');
  expect(await publish(partial, path)).toBe(join(folder.path, 'sea (2).mov'));
  expect(readFileSync(path, 'utf8')).toBe('somebody else’s');
});

test('publishing twice after a crash gives one file', async () => {
  using folder = tempDir();
  const [partial, path] = filesIn(folder.path);
  writeFileSync(path, 'somebody else’s');
  const first = await publish(partial, path);
  expect(await publish(partial, path)).toBe(first);
  expect(readdirSync(folder.path)).toHaveLength(3);
});

test('a cancelled job takes its name back, and only its own', async () => {
  using folder = tempDir();
  const [partial, path] = filesIn(folder.path);
  writeFileSync(path, 'somebody else’s');
  await publish(partial, path);
  await unpublish(partial, path);
  expect(readdirSync(folder.path).toSorted()).toEqual(['sea.mov', 'sea.mov.partial']);
  rmSync(partial);
  await unpublish(partial, path);
  expect(readFileSync(path, 'utf8')).toBe('somebody else’s');
});

function filesIn(folder: string): [partial: string, path: string] {
  const path = join(folder, 'sea.mov');
  writeFileSync(`${path}.partial`, 'frames');
  return [`${path}.partial`, path];
}
