import { createHash } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { AppError, type Media } from '@uprez/shared';
import { decodeArgs } from '../../media/args.ts';
import { copyClipArgs, copyRangeArgs, encodeClipArgs, type MarkedFile } from '../../media/cloud-args.ts';
import { runFfmpeg, startFfmpeg } from '../../media/ffmpeg.ts';
import { probe } from '../../media/probe.ts';
import type { RunningJob } from '../backend.ts';
import type { CloudCheckpoint, PreparedClip } from './checkpoint.ts';
import { piecesOf } from './pieces.ts';
import { cloud } from './refusals.ts';

/** Codecs that the service is known to read from a QuickTime file; every other becomes ProRes first. */
const readable = ['h264', 'hevc', 'prores', 'dnxhd', 'mjpeg', 'mpeg4'];
/** Of these, every frame stands alone: a range can be cut out without encoding anything. */
const intra = ['prores', 'dnxhd', 'mjpeg'];

/** A storage takes no more in one piece. */
const MOST_IN_ONE_PIECE = 5e9;
/** Clips of so few frames are one piece, whatever their size. */
const ONE_PIECE_FRAMES = 1000;
/** What is acknowledged of more parts than this does not fit into the one call that it has to fit into. */
const MOST_BYTES = 20e9;

export interface ProcessLedger {
  record(jobId: string, pid: number): void;
  forget(pid: number): void;
}

/**
 * Writes the frames that the job is about, and nothing else, into a file for the upload: as they are where nothing has to
 * be cut or converted, else as ProRes 422 HQ, which is larger and shows no loss. Proves that no frame is missing.
 * Throws `input.frame-mismatch`, `local.decoder-failed`, `cloud.limit`.
 */
export async function extractClip(
  job: RunningJob,
  { plan, timing, files }: CloudCheckpoint,
  ledger: ProcessLedger,
): Promise<PreparedClip> {
  const result = { path: files.clip, mark: markOf(job.id) };
  const copy = copyArgs(job.media, { plan, timing, result });
  if (copy) await runFfmpeg(plan.ffmpeg, copy, job.signal).catch((error: unknown) => explain(job, error));
  let clip = copy ? await look(files.clip) : undefined;
  if (clip?.frameCount !== timing.frameCount) {
    await encode(job, { plan, timing, result }, ledger);
    clip = await look(files.clip);
  }
  const found = clip?.frameCount ?? 0;
  if (!clip || found !== timing.frameCount)
    throw new AppError('input.frame-mismatch', { stage: 'extracting', expected: timing.frameCount, found });
  refuseSize(clip.sizeBytes, { frames: found, model: job.task.model });
  return {
    container: 'mov',
    sizeBytes: clip.sizeBytes,
    frames: found,
    frameRate: plan.frameRate,
    size: { width: clip.width, height: clip.height },
    md5: await md5Of(files.clip, job.signal),
  };
}

type What = Pick<CloudCheckpoint, 'plan' | 'timing'> & { result: MarkedFile };

/** Undefined where the pictures have to be touched. */
function copyArgs(media: Media, { plan, timing, result }: What): string[] | undefined {
  const { source, sourceFrames } = plan;
  const asItIs = !source.conformTo && !source.rgb && !source.deinterlace && media.rotation === 0;
  if (!asItIs || !readable.includes(media.codec)) return undefined;
  if (timing.firstFrame === 0 && timing.frameCount === sourceFrames) return copyClipArgs(source.path, result);
  if (!intra.includes(media.codec)) return undefined;
  const range = { first: timing.firstFrame, count: timing.frameCount, startSeconds: timing.startSeconds };
  return copyRangeArgs(source.path, result, { ...range, rate: plan.frameRate });
}

/** What a copy can't be made of may still decode. */
async function look(path: string): Promise<Media | undefined> {
  return probe(path, { maxFileBytes: Number.MAX_SAFE_INTEGER }).catch(() => undefined);
}

/** Decoder → encoder, both ffmpeg; the bytes only pass through. */
async function encode(job: RunningJob, { plan, timing, result }: What, ledger: ProcessLedger): Promise<void> {
  const { signal } = job;
  await rm(result.path, { force: true });
  const { firstFrame: first, frameCount: count, startSeconds } = timing;
  const span = { first, jobFirst: first, count, startSeconds };
  const decoder = startFfmpeg(plan.ffmpeg, decodeArgs(plan.source, span), { signal });
  const args = encodeClipArgs(plan.source, plan.frameRate, { color: plan.output.color, result });
  const encoder = startFfmpeg(plan.ffmpeg, args, { stdin: true, signal });
  for (const { pid } of [decoder, encoder]) ledger.record(job.id, pid);
  try {
    if (encoder.stdin) await pipeline(decoder.stdout, encoder.stdin);
    await Promise.all([decoder.ended, encoder.ended]);
  } catch (error) {
    explain(job, error);
  } finally {
    for (const process of [decoder, encoder]) {
      process.kill();
      await process.ended.catch(() => undefined);
      ledger.forget(process.pid);
    }
  }
}

function explain({ signal }: RunningJob, cause: unknown): never {
  signal.throwIfAborted();
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new AppError('local.decoder-failed', { frame: 0, why }, { cause });
}

function refuseSize(bytes: number, { frames, model }: { frames: number; model: string }): void {
  const inOnePiece = frames <= ONE_PIECE_FRAMES && bytes > MOST_IN_ONE_PIECE;
  if (!inOnePiece && bytes <= MOST_BYTES) return;
  const why = `the clip to upload is too large (${(bytes / 1e9).toFixed(1)} GB)`;
  throw cloud('cloud.limit', { model, why, hint: 'Take a shorter part with --from and --to.' });
}

/**
 * Written into the clip, so that no other job, here or elsewhere, has a clip with the same digest: by that a request is
 * known again which the database has forgotten. The service has no field for a mark of our own.
 */
function markOf(jobId: string): string {
  return `Uprez ${jobId}`;
}

export async function md5Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('md5');
  const { size } = await stat(path);
  for await (const piece of piecesOf({ path, start: 0, length: size })) {
    signal.throwIfAborted();
    hash.update(piece);
  }
  return hash.digest('hex');
}
