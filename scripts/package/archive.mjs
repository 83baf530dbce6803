import { createHash } from 'node:crypto';
import { createReadStream, statSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { runQuietly } from '../programs.mjs';

/** Packs a folder into a .tar.gz beside it, with its SHA-256 in a file of its own (`sha256sum -c` reads it). */
export async function pack(folder) {
  const file = `${folder}.tar.gz`;
  // Nobody's names and no dates of today: the same files make the same archive.
  const same = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0'];
  const options = process.platform === 'linux' ? same : [];
  const args = [...options, '-czf', file, '-C', dirname(folder), basename(folder)];
  const failure = await runQuietly('tar', args, {});
  if (failure) throw new Error(`tar failed:\n${failure}`);
  const sha256 = await digestOf(file);
  writeFileSync(`${file}.sha256`, `${sha256}  ${basename(file)}\n`);
  return { file, sha256, bytes: statSync(file).size };
}

function digestOf(file) {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256');
    createReadStream(file)
      .on('data', (chunk) => hash.update(chunk))
      .on('error', reject)
      .on('end', () => resolve(hash.digest('hex')));
  });
}
