import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AppError,
  conformedRate,
  framesToSeconds,
  type Job,
  type Still,
  type StillRequest,
  timelineOf,
} from '@uprez/shared';
import type { Logger } from '../log.ts';
import { firstFrameArgs } from '../media/args.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { readFramecrc } from '../media/framecrc.ts';
import { stillArgs, stillColor, type StillFrame, stillSize } from '../media/still-args.ts';
import type { Feed } from './feed.ts';
import type { JobQueue } from './job-queue.ts';

/** Frames that are decoded at once, for all clients together. */
const MAX_AT_ONCE = 2;
/** A file that takes longer to give up one frame is not worth waiting for. */
const LIMIT_MS = 60_000;

export interface StillsParts {
  queue: JobQueue;
  feed: Feed;
  log: Logger;
  /** Where they are kept, in a folder for each job. */
  folder: string;
  /** Throws `setup.ffmpeg-missing`. */
  ffmpeg: () => Promise<string>;
}

/**
 * Single frames of jobs' sources and results. Each is decoded once and then read from the disk, until its file changes or its
 * job leaves the list. Nothing here has to do with whether a job succeeds.
 */
export class Stills implements Disposable {
  private readonly parts: StillsParts;
  private readonly making = new Map<string, Promise<void>>();
  private readonly waiting: (() => void)[] = [];
  private readonly unsubscribe: () => void;
  private running = 0;

  constructor(parts: StillsParts) {
    this.parts = parts;
    this.unsubscribe = parts.feed.subscribe((change) => {
      if (change.type === 'job-removed') void this.forget(change.id);
    });
    void this.sweep();
  }

  /** Throws `job.not-found`, `job.no-result`, `job.no-still`, `setup.ffmpeg-missing`. */
  async of({ id, of, frame, width }: StillRequest): Promise<Still> {
    const job = this.parts.queue.get(id);
    const picture = of === 'result' ? resultFrame(job, frame, width) : sourceFrame(job, frame, width);
    const { mtimeMs, size: bytes } = await stat(picture.path).catch((cause: unknown) => {
      throw new AppError('job.no-still', { why: 'the file is not there any more' }, { cause });
    });
    const { size } = picture;
    const name = `${of}-${frame}-${size.width}-${Math.round(mtimeMs)}-${bytes}.jpg`;
    const file = join(this.parts.folder, id, name);
    const jpeg = await this.kept(file, picture);
    return { ...size, image: `data:image/jpeg;base64,${jpeg.toString('base64')}` };
  }

  [Symbol.dispose](): void {
    this.unsubscribe();
  }

  private async kept(file: string, frame: StillFrame): Promise<Buffer> {
    const there = await readFile(file).catch(() => undefined);
    if (there) return there;
    // Two who ask for the same frame wait for one decoder.
    const making = this.making.get(file) ?? this.make(file, frame).finally(() => this.making.delete(file));
    this.making.set(file, making);
    await making;
    return readFile(file);
  }

  private async make(file: string, frame: StillFrame): Promise<void> {
    const { ffmpeg, log } = this.parts;
    const program = await ffmpeg();
    await this.turn();
    try {
      const jpeg = await decode(program, frame);
      await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
      await writeFile(`${file}.partial`, jpeg, { mode: 0o600 });
      await rename(`${file}.partial`, file);
    } catch (cause) {
      log.warn({ err: cause }, 'no still');
      throw new AppError('job.no-still', { why: 'it could not be decoded' }, { cause });
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  private async turn(): Promise<void> {
    while (this.running >= MAX_AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running += 1;
  }

  /** Jobs may have left while no daemon ran, or while one of their frames was being decoded. */
  private async sweep(): Promise<void> {
    const known = new Set(this.parts.queue.list().map(({ id }) => id));
    const kept = await readdir(this.parts.folder).catch((): string[] => []);
    for (const id of kept) if (!known.has(id)) await this.forget(id);
  }

  private async forget(id: string): Promise<void> {
    await rm(join(this.parts.folder, id), { recursive: true, force: true }).catch((error: unknown) =>
      this.parts.log.warn({ job: id, err: error }, 'stills not removed'),
    );
  }
}

async function decode(ffmpeg: string, frame: StillFrame): Promise<Buffer> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const first = readFramecrc((await runFfmpeg(ffmpeg, firstFrameArgs(frame.path), signal)).toString('latin1'));
  const args = stillArgs({ ...frame, startSeconds: first?.startSeconds ?? 0 });
  const jpeg = await runFfmpeg(ffmpeg, args, signal);
  if (jpeg.length === 0) throw new Error('no frame there');
  return jpeg;
}

function sourceFrame({ task, media }: Job, frame: number, width: number | null): StillFrame {
  const { rate } = timelineOf(media, task.frameRate);
  const first = Math.max(0, task.range.from - task.handles);
  return {
    path: task.source,
    ...{ seconds: framesToSeconds(first + frame, rate), startSeconds: 0, rate },
    variable: conformedRate(media, task.frameRate) !== null,
    interlaced: media.scan === 'interlaced',
    size: stillSize(media, width),
    ...stillColor(media),
  };
}

/** A result has its source's matrix and shape of pixels, but always limited range, upright and even in time. */
function resultFrame({ task, media, output }: Job, frame: number, width: number | null): StillFrame {
  if (!output) throw new AppError('job.no-result');
  if (frame >= output.frames) throw new AppError('job.no-still', { why: `there are ${output.frames} frames` });
  const { rate } = timelineOf(media, task.frameRate);
  const sideways = media.rotation === 90 || media.rotation === 270;
  const { num, den } = media.sampleAspect;
  const sampleAspect = sideways ? { num: den, den: num } : { num, den };
  return {
    path: output.path,
    ...{ seconds: framesToSeconds(frame, rate), startSeconds: 0, rate },
    ...{ variable: false, interlaced: false },
    size: stillSize({ width: output.width, height: output.height, rotation: 0, sampleAspect }, width),
    matrix: stillColor(media).matrix,
    range: 'limited',
  };
}
