import { AppError } from '@uprez/shared';
import { decodeArgs, type FrameSpan, sampleArgs } from '../media/args.ts';
import { ByteReader } from '../media/byte-reader.ts';
import { startFfmpeg } from '../media/ffmpeg.ts';
import type { SourceFormat } from '../media/frame-filters.ts';
import { crashOf } from './crash.ts';

export interface SourceFrame<Memory extends ArrayBufferLike> {
  /** Number within the decoded range, from 0. */
  index: number;
  data: Memory;
}

export interface DecodeOptions<Memory extends ArrayBufferLike> {
  ffmpeg: string;
  source: SourceFormat;
  frames: FrameSpan;
  /** Where the next frame goes; sized for one frame of the source. */
  buffer: () => Memory;
  signal: AbortSignal;
  started?: (pid: number) => void;
}

/**
 * Exactly `frames.count` frames, decoded while the consumer works on earlier ones. Leaving the loop ends the decoder.
 * Throws `input.frame-mismatch` when the source ends early, `local.decoder-failed`, `local.engine-crashed` when the
 * decoder was killed from outside.
 */
export async function* decodeFrames<Memory extends ArrayBufferLike>(
  options: DecodeOptions<Memory>,
): AsyncGenerator<SourceFrame<Memory>, void, undefined> {
  const { ffmpeg: path, source, frames, buffer, signal } = options;
  const ffmpeg = startFfmpeg(path, decodeArgs(source, frames), { signal });
  options.started?.(ffmpeg.pid);
  const reader = new ByteReader(ffmpeg.stdout);
  try {
    for (let index = 0; index < frames.count; index++) {
      const data = buffer();
      const { complete } = await reader.fill(new Uint8Array(data));
      signal.throwIfAborted();
      if (!complete) throw await whyShort(ffmpeg.ended, { index, frames });
      yield { index, data };
    }
  } finally {
    ffmpeg.kill();
    await ffmpeg.ended.catch(() => undefined);
  }
}

/** Single frames from all over the source, as many of the wanted ones as it has. */
export async function* decodeSamples<Memory extends ArrayBufferLike>(
  options: Pick<DecodeOptions<Memory>, 'ffmpeg' | 'source' | 'buffer' | 'signal'>,
  frames: { positions: readonly number[]; startSeconds: number },
): AsyncGenerator<Memory, void, undefined> {
  const ffmpeg = startFfmpeg(options.ffmpeg, sampleArgs(options.source, frames), { signal: options.signal });
  const reader = new ByteReader(ffmpeg.stdout);
  try {
    for (let left = frames.positions.length; left > 0; left--) {
      const data = options.buffer();
      const { complete } = await reader.fill(new Uint8Array(data));
      options.signal.throwIfAborted();
      if (!complete) return;
      yield data;
    }
  } finally {
    ffmpeg.kill();
    await ffmpeg.ended.catch(() => undefined);
  }
}

async function whyShort(ended: Promise<void>, at: { index: number; frames: FrameSpan }): Promise<AppError> {
  const frame = at.frames.first + at.index;
  try {
    await ended;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return crashOf('decoder', cause) ?? new AppError('local.decoder-failed', { frame, why }, { cause });
  }
  return new AppError('input.frame-mismatch', { stage: 'decoding', expected: at.frames.count, found: at.index });
}
