import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.mjs';

/** Scripts that start, install and remove a release. Their texts lie in `files`, and say @VERSION@ where that belongs. */
const scripts = {
  linux: { 'bin/uprez': 'uprez.sh', 'install.sh': 'install.sh' },
  darwin: { 'bin/uprez': 'uprez.sh', 'install.sh': 'install.sh' },
  win32: { 'bin/uprez.cmd': 'uprez.cmd', 'install.ps1': 'install.ps1' },
};

export function writeInstallers(folder, version) {
  for (const name of ['bin', 'share']) mkdirSync(join(folder, name), { recursive: true });
  for (const [target, name] of Object.entries(scripts[process.platform] ?? {})) {
    const text = readFileSync(join(root, 'scripts/package/files', name), 'utf8');
    writeFileSync(
      join(folder, target),
      text.replaceAll('@VERSION@', version).replaceAll('@GLIBC@', neededGlibc(folder)),
    );
    chmodSync(join(folder, target), 0o755);
  }
  cpSync(join(root, 'plugin/panel/icons/plugin@2x.png'), join(folder, 'share/uprez.png'));
}

/**
 * The oldest GNU C library that Node and the native modules start with, "2.34": the highest version that a symbol of theirs
 * asks for. ffmpeg brings its own.
 */
function neededGlibc(folder) {
  if (process.platform !== 'linux') return '';
  const natives = readdirSync(join(folder, 'app/node_modules'), { recursive: true })
    .map((name) => join(folder, 'app/node_modules', name))
    .filter((file) => /\.node$|\.so(\.\d+)*$/.test(file));
  const versions = [join(folder, 'runtime/node'), ...natives].flatMap((file) =>
    [...readFileSync(file, 'latin1').matchAll(/GLIBC_2\.(\d+)\0/g)].map(([, minor]) => Number(minor)),
  );
  return `2.${Math.max(...versions)}`;
}
