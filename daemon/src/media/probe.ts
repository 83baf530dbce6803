import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError, type Media } from '@uprez/shared';
import { type OpenClip, openClip } from './path-check.ts';
import { type PictureLayout, readLayout } from './probe-alpha.ts';
import { type BmffFacts, inspectBmff } from './probe-bmff.ts';
import * as fields from './probe-fields.ts';
import { hdrOf } from './probe-hdr.ts';
import { matroskaDamage } from './probe-matroska.ts';
import { type Container, SNIFF_BYTES, sniff } from './probe-sniff.ts';
import { readReport } from './probe-thread.ts';
import { type Timing, timingOf } from './probe-timing.ts';
import type { ByteSource } from './probe-window.ts';
import { type Report, type Track, aspectOf, number, parseReport, text } from './probe-track.ts';

export interface ProbeLimits {
  /** Larger files are refused unread. */
  maxFileBytes: number;
}

/** Longest side and area of a picture: what the decoders are allowed, and no camera exceeds. */
const MAX_SIDE = 8192;
const MAX_PIXELS = 67_108_864;
const MAX_SECONDS = 24 * 3600;

/**
 * Finds out what a clip is, without any native decoder: path and kind of file first, then its first bytes, then MediaInfo
 * in WebAssembly. Reports alpha without refusing it. Throws the `input.*` errors.
 */
export async function probe(path: string, limits: ProbeLimits): Promise<Media> {
  const clip = await openClip(path);
  try {
    return await probeOpen(clip, { ...limits, file: basename(path) });
  } finally {
    await clip.handle.close();
  }
}

interface Asked extends ProbeLimits {
  /** Name for messages. */
  file: string;
}

async function probeOpen(clip: OpenClip, asked: Asked): Promise<Media> {
  const { handle, sizeBytes } = clip;
  const { file } = asked;
  refuseFileSize(sizeBytes, asked);
  const container = await containerOf(handle, file);
  const bmff = container === 'mov' ? await inspectBmff({ handle, sizeBytes }) : undefined;
  const why = bmff ? bmff.damage : await damageOf({ handle, sizeBytes }, container);
  if (why) throw new AppError('input.truncated', { file, why });
  const report = await reportOf(clip, file);
  const video = usableVideo(report, file);
  const codec = fields.codecOf(video);
  if (!codec) throw new AppError('input.unsupported-codec', { file, codec: fields.codecLabel(video) });
  const timing = await timingOf({ handle, sizeBytes }, { container, report, video, bmff });
  if (!timing) throw new AppError('input.no-frames', { file });
  const layout = await readLayout(handle, { codec, from: bmff?.firstSample ?? 0 });
  const media = mediaOf({ clip, container, report, video, codec, bmff, layout, timing });
  refusePicture(media, file);
  return media;
}

function refuseFileSize(sizeBytes: number, { file, maxFileBytes }: Asked): void {
  if (sizeBytes === 0) throw new AppError('input.empty', { file });
  if (sizeBytes <= maxFileBytes) return;
  const why = `${gigabytes(sizeBytes)}; the limit is ${gigabytes(maxFileBytes)}`;
  throw new AppError('input.too-large', { file, why, hint: 'Trim the clip first.' });
}

async function containerOf(handle: FileHandle, file: string): Promise<Container> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
  const found = sniff(buffer.subarray(0, bytesRead));
  if ('container' in found) return found.container;
  throw 'sound' in found
    ? new AppError('input.no-video', { file })
    : new AppError('input.not-video', { file, ...found });
}

/** What the first bytes say about the file's length. */
async function damageOf(source: ByteSource, container: Container): Promise<string | null> {
  if (container === 'matroska') return matroskaDamage(source);
  if (container !== 'avi') return null;
  const { buffer } = await source.handle.read(Buffer.alloc(8), 0, 8, 0);
  const end = 8 + buffer.readUInt32LE(4); // of the first RIFF chunk; files above 1 GB go on with others
  return end > source.sizeBytes ? `it should have at least ${end} bytes and has ${source.sizeBytes}` : null;
}

async function reportOf({ handle, sizeBytes }: OpenClip, file: string): Promise<Report> {
  try {
    return parseReport(await readReport({ fd: handle.fd, sizeBytes }));
  } catch (cause) {
    throw new AppError('input.not-video', { file, why: 'its headers can’t be read' }, { cause });
  }
}

/** The first video track, unless there is a reason why it can't be used. */
function usableVideo({ general, video, hasPictures }: Report, file: string): Track {
  if (!video && hasPictures) throw new AppError('input.not-video', { file, why: 'a still picture' });
  if (text(general, 'IsTruncated') === 'Yes') {
    throw new AppError('input.truncated', { file, why: 'it ends before its index says' });
  }
  if (!video) throw new AppError('input.no-video', { file });
  const id = text(video, 'CodecID') ?? '';
  if (video['Encryption'] !== undefined || /^(encv|drmi)/.test(id)) throw new AppError('input.encrypted', { file });
  if (isDolbyVisionOnly(video)) throw new AppError('input.hdr', { file });
  return video;
}

/** Profile 5 has no base layer that other players can show: its pictures are in a colour space of their own. */
function isDolbyVisionOnly(video: Track): boolean {
  const profile = text(video, 'HDR_Format_Profile') ?? '';
  return (text(video, 'HDR_Format') ?? '').includes('Dolby Vision') && /\b(dvhe|dvh1)\.05\b/.test(profile);
}

interface Found {
  clip: OpenClip;
  container: Container;
  report: Report;
  video: Track;
  codec: string;
  bmff: BmffFacts | undefined;
  layout: PictureLayout | undefined;
  timing: Timing;
}

function mediaOf(found: Found): Media {
  const { clip, container, report, video, codec, bmff, layout, timing } = found;
  const chroma = layout?.chroma ?? fields.chromaOf(video, codec);
  return {
    container,
    codec,
    ...fields.sizeOf(video),
    rotation: fields.rotationOf(video),
    sampleAspect: bmff?.sampleAspect ?? aspectOf(number(video, 'PixelAspectRatio')),
    ...timing,
    leadSeconds: bmff?.leadSeconds ?? 0,
    chroma,
    bitDepth: fields.bitDepthOf(video, codec),
    alpha: fields.hasAlpha(video),
    ...layout,
    scan: fields.scanOf(video, codec),
    color: fields.colorOf(video, chroma, codec),
    hdr: hdrOf(video),
    timecode: fields.timecodeOf(report),
    audio: fields.audioOf(report),
    sizeBytes: clip.sizeBytes,
    modifiedMs: clip.modifiedMs,
  };
}

function refusePicture({ width, height, durationSeconds }: Media, file: string): void {
  if (width === 0 || height === 0) throw new AppError('input.no-frames', { file });
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
    const why = `${width} x ${height} pixels; the limit is ${MAX_SIDE} x ${MAX_SIDE}`;
    throw new AppError('input.too-large', { file, why, hint: 'Scale the clip down first.' });
  }
  if (durationSeconds > MAX_SECONDS) {
    const why = `${Math.round(durationSeconds / 3600)} hours; the limit is 24`;
    throw new AppError('input.too-large', { file, why, hint: 'Trim the clip first.' });
  }
}

function gigabytes(sizeBytes: number): string {
  return `${(sizeBytes / 1e9).toFixed(1)} GB`;
}
