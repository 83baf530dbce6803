import { AppError } from '@uprez/shared';
import { encodeArgs, type EncodeFormat } from '../media/encode-args.ts';
import { type Ffmpeg, startFfmpeg } from '../media/ffmpeg.ts';
import { type ProresFrame, proresFrames } from '../media/mov/prores-stream.ts';
import { crashOf } from './crash.ts';

/** No ProRes frame is larger than its raw planes in 16-bit words, two or four samples a pixel, and some headers. */
const HEADERS = 64 * 1024;

/** One ProRes encoder: planes in, encoded frames out. */
export class Encoder {
  private readonly ffmpeg: Ffmpeg;
  private readonly maxFrameBytes: number;
  private written = 0;

  constructor(path: string, format: EncodeFormat, signal: AbortSignal) {
    this.ffmpeg = startFfmpeg(path, encodeArgs(format), { stdin: true, signal });
    this.maxFrameBytes = format.width * format.height * (format.alpha ? 8 : 4) + HEADERS;
  }

  get pid(): number {
    return this.ffmpeg.pid;
  }

  /** Resolves when the encoder has taken the frame; its buffer may then be used again. */
  async write(planes: Uint8Array): Promise<void> {
    const { stdin } = this.ffmpeg;
    const failure = await new Promise<Error | null | undefined>((resolve) => stdin?.write(planes, resolve));
    if (failure) throw await this.failed(failure);
    this.written += 1;
  }

  /** No more frames come. */
  end(): void {
    this.ffmpeg.stdin?.end();
  }

  /** Encoded frames in groups as they arrive; ends after `end` when the encoder has ended well. */
  async *frames(): AsyncGenerator<readonly ProresFrame[], void, undefined> {
    try {
      yield* proresFrames(this.ffmpeg.stdout, { maxFrameBytes: this.maxFrameBytes });
      await this.ffmpeg.ended;
    } catch (cause) {
      throw await this.failed(cause);
    } finally {
      this.ffmpeg.kill();
      await this.ffmpeg.ended.catch(() => undefined);
    }
  }

  /** What ended the encoder explains more than the pipe that broke because of it. */
  private async failed(symptom: unknown): Promise<Error> {
    this.ffmpeg.stdin?.destroy();
    const cause = await this.ffmpeg.ended.then(
      () => symptom,
      (error: unknown) => error,
    );
    const why = cause instanceof Error ? cause.message : String(cause);
    const known = cause instanceof AppError ? cause : crashOf('encoder', cause);
    return known ?? new AppError('local.encoder-failed', { frame: this.written, why }, { cause });
  }
}
