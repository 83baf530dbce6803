import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '@uprez/shared';
import { runFfmpeg } from './ffmpeg.ts';

export interface FfmpegTool {
  path: string;
  /** "5.1.9-0+deb12u1", as the program says it. */
  version: string;
}

const programName = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';

/** `-fps_mode` came with 5.1. */
const OLDEST = [5, 1] as const;

/** Parts that some cut-down builds leave out. */
const neededEncoders = ['prores_ks', 'rawvideo', 'pcm_s16le', 'pcm_s24le'];
const neededFilters = [
  ...[
    'setparams',
    'setsar',
    'scale',
    'format',
    'transpose',
    'fps',
    'framerate',
    'minterpolate',
    'select',
    'trim',
    'tpad',
  ],
  ...['bwdif', 'idet', 'metadata', 'deband', 'alphaextract', 'mergeplanes', 'aresample', 'atrim', 'apad'],
];

/**
 * The ffmpeg to use: the configured one, else the one of a release, else the one that came with the npm package `ffmpeg-static`, else the first on
 * the search path. Checked once: version and the parts that Uprez needs.
 * Throws `setup.ffmpeg-missing` and `setup.ffmpeg-unfit`.
 */
export async function findFfmpeg(configured: string | null, searchPath: string): Promise<FfmpegTool> {
  const candidates = configured === null ? [releasedFfmpeg(), packagedFfmpeg(), ...onPath(searchPath)] : [configured];
  for (const path of candidates) {
    if (path !== undefined && (await isExecutable(path))) return examine(path);
  }
  throw new AppError('setup.ffmpeg-missing', configured === null ? {} : { path: configured });
}

async function examine(path: string): Promise<FfmpegTool> {
  // At the same time: every job of a command that starts its own daemon waits for this.
  const [about, encoders, filters] = await Promise.all(
    ['-version', '-encoders', '-filters'].map((question) => ask(path, question)),
  );
  const version = /^ffmpeg version (\S+)/.exec(about ?? '')?.[1] ?? 'unknown';
  const number = /^n?(\d+)\.(\d+)/.exec(version);
  // Builds from the development branch ("N-1234-g…") have no number and are newer than any release.
  if (number && isOlder([Number(number[1]), Number(number[2])])) throw unfit(`version ${version} is older than 5.1`);
  const missing = [...absent(neededEncoders, encoders ?? ''), ...absent(neededFilters, filters ?? '')];
  if (missing.length > 0) throw unfit(`it lacks ${missing.join(', ')}`);
  return { path, version };
}

async function ask(path: string, question: string): Promise<string> {
  try {
    return (await runFfmpeg(path, [question])).toString('utf8');
  } catch (cause) {
    throw unfit(cause instanceof Error ? cause.message : String(cause));
  }
}

/** Lists print one part a line: flags, name, description. */
function absent(names: readonly string[], list: string): string[] {
  const present = new Set(list.split('\n').map((line) => line.trim().split(/\s+/)[1]));
  return names.filter((name) => !present.has(name));
}

function isOlder([major, minor]: [number, number]): boolean {
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

function unfit(why: string): AppError {
  return new AppError('setup.ffmpeg-unfit', { why });
}

/** Beside the programs of a release; in a clone there is no such folder. */
function releasedFfmpeg(): string {
  return fileURLToPath(new URL(`../../ffmpeg/${programName}`, import.meta.url));
}

/** `ffmpeg-static` is optional: its binary is downloaded when it is installed, which does not work everywhere. */
function packagedFfmpeg(): string | undefined {
  try {
    const path: unknown = createRequire(import.meta.url)('ffmpeg-static');
    return typeof path === 'string' ? path : undefined;
  } catch {
    return undefined;
  }
}

function onPath(searchPath: string): string[] {
  // Relative entries would let the current folder decide which program runs.
  return searchPath
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, programName));
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
