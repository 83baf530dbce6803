import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { AppError } from '@uprez/shared';
import { lastLine, STDERR_KEPT } from '../../../media/ffmpeg.ts';
import type { Installation } from './installation.ts';

/** What it says when the sign-in is too old; it would go on, with a watermark over every frame. */
const SIGNED_OUT = /reauthentication is required|watermark will be enabled/i;
const UNKNOWN_MODEL = /model not found:?\s*(\S*)/i;

/** A run of the app's own ffmpeg. It is stopped as soon as it says that the user is signed out. */
export class AppProcess {
  /** Rejects with the reason of its stop, `desktop.signed-out`, `desktop.failed` or `model.unknown`. */
  readonly ended: Promise<void>;
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private reason: Error | undefined;
  private said = '';

  constructor(
    { ffmpeg, models }: Installation,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
  ) {
    this.child = spawn(ffmpeg, args, {
      cwd: dirname(ffmpeg),
      env: { ...environment, TVAI_MODEL_DIR: models, TVAI_MODEL_DATA_DIR: models },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    this.child.stdin.on('error', () => undefined);
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => this.hear(text));
    this.ended = this.end();
    this.ended.catch(() => undefined);
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Where its pictures come from. */
  get stdin(): Writable {
    return this.child.stdin;
  }

  /** Ends it at once, for the first reason that is given. */
  stop(reason: Error): void {
    this.reason ??= reason;
    this.child.kill('SIGKILL');
  }

  /** Tells how many frames are done. */
  onFrames(listener: (frames: number) => void): void {
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const frames = /^frame=\s*(\d+)$/.exec(line)?.[1];
      if (frames !== undefined) listener(Number(frames));
    });
  }

  private hear(text: string): void {
    this.said = (this.said + text).slice(-STDERR_KEPT);
    if (SIGNED_OUT.test(this.said)) this.stop(new AppError('desktop.signed-out'));
  }

  private async end(): Promise<void> {
    const code = await new Promise<number | null>((resolve) => {
      this.child.once('close', resolve);
      this.child.once('error', (error) => {
        this.reason ??= new AppError('desktop.failed', { why: error.message });
        resolve(null);
      });
    });
    if (this.reason) throw this.reason;
    if (code !== 0) throw this.failure(code);
  }

  private failure(code: number | null): AppError {
    const unknown = UNKNOWN_MODEL.exec(this.said);
    if (unknown) return new AppError('model.unknown', { model: unknown[1] ?? '' });
    return new AppError('desktop.failed', { why: lastLine(this.said) || `exit code ${String(code)}` });
  }
}
