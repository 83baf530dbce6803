import { conformFilters, fieldFilters, formatFilters, sampledAt, type SourceFormat } from './frame-filters.ts';
import { audioDecoders, videoDecoders } from './probe-names.ts';

/** Demuxers that may open a clip. Playlists and scripts are not among them: those read other files. */
export const demuxers = ['mov', 'mp4', 'm4a', '3gp', '3g2', 'mj2', 'matroska', 'webm', 'mxf', 'avi', 'mpegts', 'mpeg'];

/** Larger pictures are refused before they are decoded; 8192 x 8192. */
const MAX_PIXELS = 67_108_864;

/** More in one piece no picture of that size needs, whatever its format. */
const MAX_ALLOCATION = 2 ** 30;

/** Decoders that may touch a clip: those of the codecs that the probe lets in. */
const decoders = [...videoDecoders, ...audioDecoders].join(',');

/** Input options every clip is opened with: an absolute `file:` path, nothing but files, nothing but media. */
export function open(path: string): string[] {
  return [
    ...['-protocol_whitelist', 'file', '-format_whitelist', demuxers.join(','), '-codec_whitelist', decoders],
    ...['-max_alloc', String(MAX_ALLOCATION), '-max_pixels', String(MAX_PIXELS), '-i', `file:${path}`],
  ];
}

/** Presentation times of the first frames, one line each, to find out where a clip's video starts. */
export function firstFrameArgs(path: string): string[] {
  return [
    '-copyts',
    ...open(path),
    '-map',
    '0:v:0',
    '-frames:v',
    '1',
    '-fps_mode',
    'passthrough',
    '-enc_time_base',
    '-1',
    '-f',
    'framecrc',
    'pipe:1',
  ];
}

/** What some frames look like, interlaced or not: a line of metadata for each. */
export function fieldsArgs(path: string, { seconds, frames }: { seconds: number; frames: number }): string[] {
  const seek = seconds > 1 ? ['-noaccurate_seek', '-ss', (seconds - 1).toFixed(3)] : [];
  const looks = 'idet,metadata=mode=print:key=lavfi.idet.multiple.current_frame:file=pipe\\\\:1';
  return [...seek, ...open(path), '-map', '0:v:0', '-frames:v', String(frames), '-vf', looks, '-f', 'null', '-'];
}

/**
 * Times of all frames of the source (stream 0) and of what is left of them at the rate they are conformed to (stream 1),
 * found by decoding. For sources whose container can't be trusted with it.
 */
export function countArgs(source: SourceFormat): string[] {
  const passed = ['-fps_mode', 'passthrough', '-enc_time_base', '-1', '-c:v', 'wrapped_avframe'];
  return [
    ...open(source.path),
    ...['-filter_complex', `[0:v:0]split[a][b];[a]null[c];[b]${sampledAt(source).join(',') || 'null'}[d]`],
    ...['-map', '[c]', '-map', '[d]', ...passed, '-f', 'framecrc', 'pipe:1'],
  ];
}

export interface FrameSpan {
  first: number;
  count: number;
  /** First frame of the whole job, of which this may be a later part. */
  jobFirst: number;
  /** Presentation time of the source's frame 0. */
  startSeconds: number;
  /** Count frames from the start of the file instead of trusting its time stamps: slow, for files whose seeking fails. */
  counted?: boolean;
}

/**
 * Raw planes of `count` frames from frame `first` on. Frames of constant timing are selected by their presentation
 * time, so that decoding can start at the key frame before; conformed ones are counted from the clip's start, because
 * which frame is doubled or dropped depends on all frames before it.
 */
export function decodeArgs(source: SourceFormat, frames: FrameSpan): string[] {
  const { seek, filters: selected } = selection(source, frames);
  const filters = [...selected, ...formatFilters(source)];
  const output = ['-frames:v', String(frames.count), '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1'];
  return [
    ...['-copyts', ...seek, ...upright(source), ...open(source.path), '-map', '0:v:0', '-an', '-sn', '-dn'],
    ...['-vf', filters.join(','), ...output],
  ];
}

/** Decoders turn pictures upright unless that is done by a filter of ours. */
function upright({ turn }: SourceFormat): string[] {
  return turn === 0 ? [] : ['-noautorotate'];
}

interface Selection {
  seek: string[];
  filters: string[];
}

/** Whole frames from the first one on: how to find the place in the file, and filters that leave out what lies before. */
export function selection(source: SourceFormat, frames: FrameSpan): Selection {
  return source.conformTo || frames.counted ? fromStart(source, frames) : fromTime(source, frames);
}

function fromStart(source: SourceFormat, { first, jobFirst }: FrameSpan): Selection {
  const frames = source.conformTo ? conformFilters(source, { first, jobFirst }) : [`trim=start_frame=${first}`];
  return { seek: [], filters: [...fieldFilters(source), ...frames] };
}

function fromTime(source: SourceFormat, { first, startSeconds }: FrameSpan): Selection {
  const { num, den } = source.sourceRate;
  const fields = fieldFilters(source);
  const fieldLead = fields.length > 0 ? Math.min(1, first) : 0;
  const from = first - fieldLead;
  const offset = ((from - 0.5) * den) / num;
  // -ss counts from the container's start, which may lie before the video's: too early is safe, too late is not.
  const seek = from > 0 ? ['-noaccurate_seek', '-ss', Math.max(0, offset - 1).toFixed(6)] : [];
  const select = from > 0 ? [`select=gte(t\\,${(startSeconds + offset).toFixed(6)})`] : [];
  const dropped = fieldLead > 0 ? [`trim=start_frame=${fieldLead}`] : [];
  return { seek, filters: [...select, ...fields, ...dropped] };
}

/**
 * Single frames at the given positions, in order. One position: the first frame at or after its time, decoded from the
 * key frame before. Several: exactly those frames, decoded in one go from the key frame before the first.
 */
export function sampleArgs(
  source: SourceFormat,
  frames: { positions: readonly number[]; startSeconds: number },
): string[] {
  const { positions, startSeconds } = frames;
  const { num, den } = source.conformTo ?? source.sourceRate;
  const [first = 0] = positions;
  const through = positions.length > 1 && source.conformTo !== null;
  const border = (frame: number): string => ((through ? 0 : startSeconds) + ((frame - 0.5) * den) / num).toFixed(6);
  const windows = positions.map((frame) => `gte(t\\,${border(frame)})*lt(t\\,${border(frame + 1)})`);
  const select = positions.length === 1 ? `gte(t\\,${border(first)})` : windows.join('+');
  const even = through ? sampledAt(source) : [];
  const filters = [...even, `select=${select}`, ...fieldFilters(source), ...formatFilters(source)];
  const seekSeconds = through ? 0 : Math.max(0, (first * den) / num - 1);
  return [
    ...['-copyts', '-noaccurate_seek', '-ss', seekSeconds.toFixed(6), ...upright(source), ...open(source.path)],
    ...['-map', '0:v:0', '-an', '-sn', '-dn', '-vf', filters.join(','), '-frames:v', String(positions.length)],
    ...['-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1'],
  ];
}

export interface SoundRange {
  stream: number;
  sampleRate: number;
  bitDepth: 16 | 24;
  /** Presentation time of the source's first frame, and from there to the first sample wanted. */
  startSeconds: number;
  offsetSeconds: number;
  /** Samples from there that an earlier run has already got. */
  skip: number;
  samples: number;
}

/**
 * Exactly `samples` PCM samples of one audio stream, `skip` after the range's first frame: silence where the stream starts
 * later or ends earlier. Decoding begins a second before the range, so that codecs with a memory have settled at the first
 * sample, and never later: AAC's noise comes from a random generator that runs on from the first packet decoded, so only
 * the same beginning gives the same samples again.
 */
export function soundArgs(path: string, range: SoundRange): string[] {
  const { stream, sampleRate, bitDepth, startSeconds, offsetSeconds, skip, samples } = range;
  const filters = [
    `asetpts=PTS-(${(startSeconds + offsetSeconds).toFixed(6)}/TB)`,
    `aresample=${sampleRate}:async=1:min_hard_comp=0.01:first_pts=0`,
    'apad',
    `atrim=start_sample=${skip}:end_sample=${skip + samples}`,
  ];
  const seek = offsetSeconds > 1.5 ? ['-noaccurate_seek', '-ss', (offsetSeconds - 1.5).toFixed(6)] : [];
  const pcm = bitDepth === 24 ? 's24le' : 's16le';
  return [
    '-copyts',
    ...seek,
    ...open(path),
    '-map',
    `0:a:${stream}`,
    '-vn',
    '-af',
    filters.join(','),
    '-f',
    pcm,
    'pipe:1',
  ];
}

/**
 * Decodes two frames of a finished file completely: its first, of which it prints a CRC, and the first one at or after
 * `lastSeconds`, of which it prints an MD5.
 */
export function proofArgs(path: string, lastSeconds: number): string[] {
  return [
    ...[...open(path), '-ss', lastSeconds.toFixed(6), ...open(path)],
    ...['-map', '0:v:0', '-frames:v', '1', '-f', 'framecrc', 'pipe:1'],
    ...['-map', '1:v:0', '-frames:v', '1', '-f', 'framemd5', 'pipe:1'],
  ];
}
