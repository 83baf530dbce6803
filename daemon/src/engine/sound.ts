import { AppError, type FrameRate } from '@uprez/shared';
import { soundArgs } from '../media/args.ts';
import { ByteReader } from '../media/byte-reader.ts';
import { type Ffmpeg, startFfmpeg } from '../media/ffmpeg.ts';
import { crashOf } from './crash.ts';
import type { AudioPlan, EnginePlan, Timing } from './plan.ts';

/** Samples of all channels that end at a frame border: rounded from the exact time, so that errors never add up. */
export function samplesAt(frame: number, rate: FrameRate, sampleRate: number): number {
  return Math.round((frame * rate.den * sampleRate) / rate.num);
}

/** One audio stream of the source as PCM, read in step with the picture. */
export class Sound {
  readonly track: AudioPlan;
  private readonly rate: FrameRate;
  private readonly ffmpeg: Ffmpeg;
  private readonly reader: ByteReader;

  /** Starts at output frame `from`; ends with the job's last frame. */
  constructor(track: AudioPlan, at: { plan: EnginePlan; timing: Timing; from: number; signal: AbortSignal }) {
    const { plan, timing, from, signal } = at;
    this.track = track;
    this.rate = plan.frameRate;
    const first = samplesAt(from, this.rate, track.sampleRate);
    const args = soundArgs(plan.source.path, {
      ...track,
      startSeconds: timing.startSeconds + plan.leadSeconds,
      offsetSeconds: (timing.firstFrame * this.rate.den) / this.rate.num,
      skip: first,
      samples: samplesAt(timing.frameCount, this.rate, track.sampleRate) - first,
    });
    this.ffmpeg = startFfmpeg(plan.ffmpeg, args, { signal });
    this.reader = new ByteReader(this.ffmpeg.stdout);
  }

  /** The samples that belong to output frames `from` (included) to `to` (excluded). */
  async read(from: number, to: number): Promise<Uint8Array> {
    const { sampleRate, channels, bitDepth } = this.track;
    const samples = samplesAt(to, this.rate, sampleRate) - samplesAt(from, this.rate, sampleRate);
    const chunk = new Uint8Array((samples * channels * bitDepth) / 8);
    const { complete } = await this.reader.fill(chunk);
    if (!complete) throw await this.failed(from);
    return chunk;
  }

  async close(): Promise<void> {
    this.ffmpeg.kill();
    await this.ffmpeg.ended.catch(() => undefined);
  }

  private async failed(frame: number): Promise<AppError> {
    const cause = await this.ffmpeg.ended.then(
      () => new Error('it ended early'),
      (error: Error) => error,
    );
    const why = `sound: ${cause.message}`;
    return crashOf('sound decoder', cause) ?? new AppError('local.decoder-failed', { frame, why }, { cause });
  }
}
