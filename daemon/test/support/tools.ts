import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;

export const ffmpegPath = process.env['UPREZ_FFMPEG_PATH'] ?? 'ffmpeg';

/** ffprobe beside ffmpeg where there is one: tests that need it are skipped elsewhere. */
export const hasFfprobe = succeeds('ffprobe', ['-version']);

/** Where generated clips are kept between runs. */
const CACHE = join(tmpdir(), 'uprez-test-clips');

/** Runs a program and returns what it wrote to stdout. Throws with its stderr when it fails. */
export async function runTool(program: string, args: readonly string[]): Promise<Buffer> {
  const options = { encoding: 'buffer', maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true } as const;
  const { stdout } = await execute(program, [...args], options);
  return stdout;
}

export function ffmpeg(...args: readonly string[]): Promise<Buffer> {
  return runTool(ffmpegPath, ['-hide_banner', '-nostdin', '-v', 'error', ...args]);
}

/** MD5 and size of every packet (`copy`) or decoded frame, as lines of numbers. */
export async function frameHashes(path: string, ...options: readonly string[]): Promise<string[]> {
  const text = (await ffmpeg('-i', path, ...options, '-f', 'framemd5', '-')).toString();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** What ffprobe says, as its JSON. */
export async function ffprobe(path: string): Promise<Probed> {
  const wanted = ['-show_streams', '-show_format', '-count_packets', '-of', 'json'];
  return JSON.parse((await runTool('ffprobe', ['-v', 'error', ...wanted, path])).toString()) as Probed;
}

export interface Probed {
  streams: (Record<string, string | number | undefined> & { tags?: Record<string, string> })[];
  format: Record<string, string> & { tags?: Record<string, string> };
}

export function hasEncoder(name: string): boolean {
  return encoders().includes(` ${name} `);
}

/**
 * A file made once and found again by what it is made of. Test processes may want the same file at the same time: each
 * makes it under a name of its own, and the first one gives it its name. A second one would be another file to a daemon
 * that has seen the first.
 */
export async function cached(
  recipe: unknown,
  extension: string,
  make: (path: string) => Promise<unknown>,
): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 24);
  const path = join(CACHE, `${key}${extension}`);
  if (existsSync(path)) return path;
  await mkdir(CACHE, { recursive: true });
  const draft = join(CACHE, `${key}.${process.pid}.${Math.random().toString(36).slice(2)}${extension}`);
  await make(draft);
  // A link never takes another file's place.
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return path;
}

let encoderList: string | undefined;

function encoders(): string {
  encoderList ??= execFileSync(ffmpegPath, ['-hide_banner', '-encoders']).toString();
  return encoderList;
}

function succeeds(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, [...args], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
