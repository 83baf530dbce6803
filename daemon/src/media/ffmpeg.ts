import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';
import type { Readable, Writable } from 'node:stream';

/** ffmpeg ended in a way that its caller did not ask for. Callers translate it into an AppError. */
export class FfmpegError extends Error {
  /** Exit code, or null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly killedBy: NodeJS.Signals | null;

  constructor(stderr: string, end: { exitCode: number | null; killedBy: NodeJS.Signals | null }) {
    super(lastLine(stderr) || (end.killedBy ? `killed by ${end.killedBy}` : `exit code ${String(end.exitCode)}`));
    this.name = 'FfmpegError';
    this.exitCode = end.exitCode;
    this.killedBy = end.killedBy;
  }
}

export interface Ffmpeg {
  readonly pid: number;
  /** Everything the process reads; null unless asked for. */
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  /** Resolves when the process ended with code 0; rejects with FfmpegError or the signal's reason. */
  readonly ended: Promise<void>;
  kill(): void;
}

export interface FfmpegOptions {
  stdin?: boolean;
  signal?: AbortSignal;
}

/** Kept of stderr: enough for the last errors, bounded for hostile files that produce millions. */
export const STDERR_KEPT = 16 * 1024;

/** Somebody who ends what is left of this process's children, should it die. */
export interface FfmpegWitness {
  record(jobId: null, pid: number): void;
  forget(pid: number): void;
}

let witness: FfmpegWitness | undefined;

/** From now on, every ffmpeg of this process is reported. The engine needs none: its group ends with it. */
export function reportFfmpegTo(next: FfmpegWitness): void {
  witness = next;
}

/**
 * The only place that starts ffmpeg. No arguments through a shell, no inherited environment (FFREPORT writes files, keys and
 * proxies are nobody's business), stdin closed unless asked for, and on Linux no more memory than a clip can need.
 */
export function startFfmpeg(path: string, args: readonly string[], options: FfmpegOptions = {}): Ffmpeg {
  const [program, ...all] = limited([path, '-hide_banner', '-nostats', '-loglevel', 'error', ...args]);
  const child = spawn(program, all, {
    stdio: [options.stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    env: environment(),
    windowsHide: true,
  });
  const { pid } = child;
  if (pid !== undefined) {
    witness?.record(null, pid);
    child.once('exit', () => witness?.forget(pid));
  }
  const ended = watch(child, options.signal);
  // Whoever awaits `ended` sees the failure; before that it must not count as unhandled.
  ended.catch(() => undefined);
  child.stdin?.on('error', () => undefined);
  return {
    pid: child.pid ?? -1,
    stdin: child.stdin,
    stdout: child.stdout as Readable,
    ended,
    kill: () => kill(child),
  };
}

/** Runs ffmpeg to its end and returns what it wrote to stdout. */
export async function runFfmpeg(path: string, args: readonly string[], signal?: AbortSignal): Promise<Buffer> {
  const ffmpeg = startFfmpeg(path, args, signal ? { signal } : {});
  const chunks: Buffer[] = [];
  ffmpeg.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await ffmpeg.ended;
  return Buffer.concat(chunks);
}

function watch(child: ChildProcess, signal: AbortSignal | undefined): Promise<void> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  const stop = (): void => kill(child);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(cause));
    child.once('close', (exitCode, killedBy) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(signal.reason as Error);
      else if (exitCode === 0) resolve();
      else reject(new FfmpegError(stderr, { exitCode, killedBy }));
    });
  });
}

/** Output that nobody reads to its end would keep the process from counting as closed. */
function kill(child: ChildProcess): void {
  child.kill('SIGKILL');
  child.stdout?.destroy();
}

/**
 * Address space of one ffmpeg: half of the memory, but never less than 8K clips need, and what each thread reserves without
 * using it. A file that makes a decoder ask for more gets a failed decoder, not a computer that stands still.
 */
const MEMORY_BYTES = Math.max(4 * 2 ** 30, totalmem() / 2) + availableParallelism() * 256 * 2 ** 20;

/** The shell sets the limit and becomes the program; it sees the arguments as parameters, never as text to read. */
function limited(command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  if (process.platform !== 'linux') return command;
  const script = `ulimit -v ${Math.round(MEMORY_BYTES / 1024)}; exec "$0" "$@"`;
  return ['/bin/sh', '-c', script, ...command];
}

/** Windows programs don't start without SystemRoot; nothing else is passed on. */
function environment(): NodeJS.ProcessEnv {
  return process.platform === 'win32' ? { SystemRoot: 'C:\\Windows' } : { LC_ALL: 'C' };
}

/** What a program said last: the reason, where it failed. */
export function lastLine(text: string): string {
  return (
    text
      .trim()
      .split(/[\r\n]+/)
      .at(-1)
      ?.trim() ?? ''
  );
}
