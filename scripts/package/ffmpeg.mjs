import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findProgram } from '../programs.mjs';
import { root } from '../root.mjs';

const program = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';

/**
 * Copies an ffmpeg that needs nothing of the system it will run on: the one of the npm package `ffmpeg-static`, or else the
 * system's own with the libraries it needs, the C library and its loader included.
 * @returns {{ origin: string, version: string, configuration: string, libraries: string[] }}
 */
export function copyFfmpeg(folder) {
  mkdirSync(folder, { recursive: true });
  const packaged = join(root, 'node_modules/ffmpeg-static', program);
  const source = existsSync(packaged) ? packaged : findProgram('ffmpeg');
  if (!source) throw new Error('There is no ffmpeg to put into the release.');
  const libraries = source === packaged ? [] : copyWithLibraries(source, folder);
  if (source === packaged) cpSync(source, join(folder, program));
  const words = execFileSync(join(folder, program), ['-version'], { encoding: 'utf8', env: { LC_ALL: 'C' } });
  return {
    origin: source === packaged ? 'npm package ffmpeg-static' : source,
    version: /^ffmpeg version (\S+)/.exec(words)?.[1] ?? 'unknown',
    configuration: /^\s*configuration: (.*)$/m.exec(words)?.[1] ?? '',
    libraries,
  };
}

/** Started by the loader that came along, so that neither a library nor the C library of the system takes part. */
const wrapper = `#!/bin/sh
here="\${0%/*}"
exec "$here/lib/LOADER" --inhibit-cache --library-path "$here/lib" "$here/lib/ffmpeg" "$@"
`;

function copyWithLibraries(source, folder) {
  if (process.platform !== 'linux')
    throw new Error('On this system only the ffmpeg of ffmpeg-static can be shipped: npm install ffmpeg-static');
  const lib = join(folder, 'lib');
  mkdirSync(lib, { recursive: true });
  const lines = execFileSync('ldd', [source], { encoding: 'utf8' }).split('\n');
  const libraries = lines.flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  for (const file of libraries) cpSync(realpathSync(file), join(lib, basename(file)));
  const loader = readdirSync(lib).find((name) => name.startsWith('ld-linux'));
  if (!loader) throw new Error(`No loader among the libraries of ${source}.`);
  cpSync(realpathSync(source), join(lib, 'ffmpeg'));
  writeFileSync(join(folder, 'ffmpeg'), wrapper.replace('LOADER', loader));
  for (const file of [join(folder, 'ffmpeg'), join(lib, 'ffmpeg'), join(lib, loader)]) chmodSync(file, 0o755);
  return libraries;
}
