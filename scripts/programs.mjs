import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Path of the first of the named programs that is on PATH, or undefined. */
export function findProgram(...names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const extensions = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const name of names) {
    for (const folder of folders) {
      const file = extensions.map((extension) => join(folder, name + extension)).find(isExecutable);
      if (file) return file;
    }
  }
  return undefined;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Installs Debian packages where that is possible without asking: as root, with apt. Resolves to whether it did.
 * @param {string[]} packages
 */
export async function aptInstall(packages) {
  if (process.getuid?.() !== 0 || !findProgram('apt-get')) return false;
  console.error(`Installing ${packages.join(', ')} with apt.`);
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const failure =
    (await runQuietly('apt-get', ['update', '-q'], options)) ??
    (await runQuietly('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], options));
  if (failure) console.error(`apt failed:\n${failure}`);
  return !failure;
}

/** Runs a program without showing its output. Resolves to undefined on success, else to the first and last lines it wrote. */
export function runQuietly(program, args, options) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm is a script there, which Windows starts through its shell only.
      shell: process.platform === 'win32' && program === 'npm',
    });
    const lines = [];
    // npm says what is wrong at the start and how to go on at the end.
    const keep = (chunk) => {
      lines.push(
        ...String(chunk)
          .split('\n')
          .filter((line) => line.trim()),
      );
      if (lines.length > 24) lines.splice(12, lines.length - 24);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => resolve(code === 0 ? undefined : lines.join('\n') || `exit code ${code}`));
  });
}

const byPlatform = (linux, mac, windows) => () => {
  if (process.platform === 'darwin') return mac;
  return process.platform === 'win32' ? windows : linux;
};

/** The one command that installs a thing, by platform. */
export const commandToType = {
  ffmpeg: byPlatform('sudo apt install ffmpeg', 'brew install ffmpeg', 'winget install Gyan.FFmpeg'),
  chromium: byPlatform(
    'sudo apt install chromium',
    'brew install --cask google-chrome',
    'winget install Google.Chrome',
  ),
  compiler: byPlatform(
    'sudo apt install python3 make g++',
    'xcode-select --install',
    'winget install Microsoft.VisualStudio.2022.BuildTools',
  ),
};
