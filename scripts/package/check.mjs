import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { findProgram } from '../programs.mjs';
import { root } from '../root.mjs';

const task = ['--provider', 'cpu', '--precision', 'fp32'];

/**
 * Unpacks a release into an empty folder and has it upscale a clip there, without network and without any program of this
 * computer but a shell. The frames have to be those that the clone makes. Resolves to what was proven, in words; throws where
 * it was not.
 */
export async function checkRelease(archive, name) {
  const folder = mkdtempSync(join(tmpdir(), 'uprez-release-'));
  try {
    const bare = join(folder, 'root');
    for (const each of ['opt', 'clips', 'home', 'tmp', 'proc', 'dev']) mkdirSync(join(bare, each), { recursive: true });
    execFileSync('tar', ['-xzf', archive, '-C', join(bare, 'opt')]);
    const clip = join(bare, 'clips/clip.mp4');
    makeClip(clip);
    const where = runThere(bare, name);
    const made = framesOf(join(bare, 'clips', 'clip_uprez_2x_fast.mov'));
    const expected = framesOf(runHere(clip, folder));
    if (made !== expected) throw new Error(`The release makes other frames:\n${made}\nthan this clone:\n${expected}`);
    if (process.platform !== 'win32') checkInstall(join(bare, 'opt', name), join(folder, 'a home $x & "ü"'));
    return `Checked ${where}: ${made.trim().split('\n').length} frames, the same as made here.`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeClip(file) {
  const source = [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=size=64x48:rate=24',
    '-f',
    'lavfi',
    '-i',
    'sine=440:sample_rate=48000',
  ];
  const codecs = ['-c:v', 'mpeg4', '-q:v', '3', '-c:a', 'aac', '-frames:v', '6', '-t', '0.25'];
  execFileSync('ffmpeg', ['-v', 'error', ...source, ...codecs, file]);
}

/** With the release alone. As root on Linux in a root folder of its own, where there is nothing else to be found. */
function runThere(bare, name) {
  const program = `/opt/${name}/bin/uprez`;
  const args = [...task, 'upscale', '/clips/clip.mp4'];
  const env = { HOME: '/home', PATH: '/nowhere' };
  if (process.platform === 'linux' && process.getuid?.() === 0 && findProgram('chroot') && findProgram('unshare')) {
    furnish(bare);
    const ip = findProgram('ip');
    // Without a network the computer still talks to itself: that interface has to be switched on in the new one.
    const steps = [...(ip ? [`${ip} link set lo up`] : []), `${findProgram('mount')} -t proc proc "$1/proc"`];
    const script = `${steps.join(' && ')} && exec ${findProgram('chroot')} "$@"`;
    const apart = [...(ip ? ['--net'] : []), '--mount', '--pid', '--fork', '/bin/sh', '-c', script, 'sh'];
    run('unshare', [...apart, bare, program, ...args], env);
    return `in a root folder with nothing but a shell and the C library${ip ? ', without network' : ''}`;
  }
  const [own, clip] = [join(bare, program), join(bare, 'clips/clip.mp4')];
  run(own, [...task, 'upscale', clip], { ...env, HOME: join(bare, 'home') });
  return 'with an empty PATH';
}

/** Into a home whose name is hard to quote; nothing of it may be left when it is removed again. */
function checkInstall(release, home) {
  mkdirSync(home);
  const env = { HOME: home, PATH: process.env.PATH };
  run('/bin/sh', [join(release, 'install.sh')], env);
  run(join(home, '.local/bin/uprez'), ['autostart', 'on'], env);
  run('/bin/sh', [join(release, 'install.sh'), '--remove'], env);
  const left = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  if (left.length > 0) throw new Error(`Left after removing: ${left.map((entry) => entry.name).join(', ')}`);
}

function run(program, args, env) {
  const { status, stderr } = spawnSync(findProgram(program) ?? program, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The release failed (${status}):\n${stderr}`);
}

/** What every Linux has: a shell, and the libraries that it and Node are linked to; and four devices. */
function furnish(bare) {
  const shell = realpathSync('/bin/sh');
  const natives = readdirSync(join(bare, 'opt'), { recursive: true })
    .map((file) => join(bare, 'opt', file))
    .filter((file) => file.endsWith('.node'));
  for (const program of [shell, process.execPath, ...natives])
    for (const file of librariesOf(program)) if (!file.startsWith(bare)) putLibrary(bare, file);
  put(bare, '/bin/sh');
  for (const [device, major, minor] of [
    ['null', 1, 3],
    ['zero', 1, 5],
    ['random', 1, 8],
    ['urandom', 1, 9],
  ])
    execFileSync('mknod', ['-m', '666', join(bare, 'dev', device), 'c', String(major), String(minor)]);
  const strangers = readdirSync(join(bare, 'bin')).filter((file) => file !== 'sh');
  if (strangers.length > 0) throw new Error(`There is more than a shell in the bare root: ${strangers.join(', ')}`);
}

function librariesOf(program) {
  const text = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...text.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, file]) => file);
}

/** The C and C++ runtimes, by the names that glibc and GCC give their parts. */
const everywhere = /^(ld-linux.*|lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s))\.so\.\d+$/;

function putLibrary(bare, file) {
  if (!everywhere.test(basename(file))) throw new Error(`${file} is needed, which not every Linux has.`);
  put(bare, file);
}

function put(bare, file) {
  const target = join(bare, file);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(realpathSync(file), target);
  chmodSync(target, 0o755);
}

/** The same by the clone that the release was made from. */
function runHere(clip, folder) {
  const output = join(folder, 'here.mov');
  const args = [
    join(root, 'daemon/dist/uprez.mjs'),
    '--data-dir',
    join(folder, 'data'),
    ...task,
    'upscale',
    clip,
    '--output',
    output,
  ];
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { PATH: process.env.PATH, HOME: folder },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The clone failed (${status}):\n${stderr}`);
  return output;
}

/** One line for each frame of picture, with the digest of its samples. */
function framesOf(file) {
  const text = execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:v', '-f', 'framemd5', '-'], {
    encoding: 'utf8',
  });
  return text
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .join('\n');
}
