import type { FrameRate, YuvMatrix } from '@uprez/shared';
import type { OutputColor } from './colors.ts';
import { audioDecoders, videoDecoders } from './probe-names.ts';

/** How the decoder is to deliver a source's frames. */
export interface SourceFormat {
  /** Absolute path. */
  path: string;
  /** Size as delivered: rotation applied. */
  width: number;
  height: number;
  /** Sampling as delivered; RGB becomes 4:4:4 and grey 4:2:0. */
  chroma: '420' | '422' | '444';
  depth: 8 | 10 | 12 | 16;
  range: 'limited' | 'full';
  /** Which RGB the codes stand for. */
  matrix: YuvMatrix;
  /** No chroma in the source: the result gets none either. */
  grey: boolean;
  /** Source is RGB and has to be converted to BT.709 limited-range YCbCr. */
  rgb: boolean;
  interlaced: boolean;
  /**
   * One code of the source in the units of `depth`: places that change by no more than that between frames are averaged
   * over their neighbours in time, which needs more depth than the source has. null leaves every frame as it is.
   */
  steady: number | null;
  /** Rate of the source itself, for constant timing. */
  sourceRate: FrameRate;
  /** Rate that variable timing or a wanted other rate is conformed to; null keeps every frame as it comes. */
  conformTo: FrameRate | null;
}

/** Demuxers that may open a clip. Playlists and scripts are not among them: those read other files. */
export const demuxers = ['mov', 'mp4', 'm4a', '3gp', '3g2', 'mj2', 'matroska', 'webm', 'mxf', 'avi', 'mpegts', 'mpeg'];

/** Larger pictures are refused before they are decoded; 8192 x 8192. */
const MAX_PIXELS = 67_108_864;

/** Decoders that may touch a clip: those of the codecs that the probe lets in. */
const decoders = [...videoDecoders, ...audioDecoders].join(',');

/** Input options every clip is opened with: an absolute `file:` path, nothing but files, nothing but media. */
export function open(path: string): string[] {
  return [
    ...['-protocol_whitelist', 'file', '-format_whitelist', demuxers.join(','), '-codec_whitelist', decoders],
    ...['-max_pixels', String(MAX_PIXELS), '-i', `file:${path}`],
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

/** Frames that the decoder will deliver, counted by decoding. For sources whose container can't be trusted with it. */
export function countArgs(source: SourceFormat): string[] {
  return [
    ...open(source.path),
    '-map',
    '0:v:0',
    '-vf',
    conformFilter(source),
    '-fps_mode',
    'passthrough',
    '-f',
    'framecrc',
    '-c:v',
    'wrapped_avframe',
    'pipe:1',
  ];
}

export interface FrameSpan {
  first: number;
  count: number;
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
  const { sourceRate, conformTo, steady } = source;
  const filters: string[] = [];
  const seek: string[] = [];
  // The first frame's neighbours, so that it comes out the same wherever decoding starts.
  const lead = steady === null ? 0 : Math.min(STEADY_REACH, frames.first);
  const first = frames.first - lead;
  if (conformTo) {
    filters.push(conformFilter(source), `trim=start_frame=${first}`);
  } else if (frames.counted) {
    filters.push(`trim=start_frame=${first}`);
  } else if (first > 0) {
    const offset = ((first - 0.5) * sourceRate.den) / sourceRate.num;
    // -ss counts from the container's start, which may lie before the video's: too early is safe, too late is not.
    seek.push('-noaccurate_seek', '-ss', Math.max(0, offset - 1).toFixed(6));
    filters.push(`select=gte(t\\,${(frames.startSeconds + offset).toFixed(6)})`);
  }
  filters.push(...formatFilters(source), ...steadyFilters(source, lead));
  const output = ['-frames:v', String(frames.count), '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1'];
  return [
    '-copyts',
    ...seek,
    ...open(source.path),
    '-map',
    '0:v:0',
    '-an',
    '-sn',
    '-dn',
    '-vf',
    filters.join(','),
    ...output,
  ];
}

/**
 * Start at 0 whatever the first time stamp: a gap before the first frame is the container's business, not the cut's.
 * `eof_action=pass` keeps a last frame whose recorded duration rounds to nothing.
 */
function conformFilter({ conformTo }: SourceFormat): string {
  return conformTo
    ? `setpts=PTS-STARTPTS,fps=fps=${conformTo.num}/${conformTo.den}:round=near:eof_action=pass`
    : 'null';
}

function formatFilters(source: SourceFormat): string[] {
  const filters = source.interlaced ? ['bwdif=mode=send_frame:parity=auto:deint=all'] : [];
  if (source.rgb) filters.push('scale=out_color_matrix=bt709:out_range=limited:flags=accurate_rnd+full_chroma_int');
  const name = `yuv${source.chroma}p`;
  if (source.depth === 8)
    // The `j` formats are the same planes at full range; listing both keeps ffmpeg from converting the range.
    return [...filters, `format=${source.rgb ? name : `${name}|yuvj${source.chroma}p`}`];
  return [...filters, `format=${name}${source.depth}le`];
}

/** Frames to either side that steadying looks at. */
const STEADY_REACH = 4;

/**
 * H.264 lets still places tremble by a code from frame to frame, and a network that sharpens makes more of it. A sample
 * becomes the mean of nine frames as far as they differ by one code at most, so it never moves by more than that itself.
 * `a` and `b` are shares of 2^depth; atadenoise takes one off the product before it compares (libavfilter 8). The first
 * `lead` frames are left out again.
 */
function steadyFilters({ steady, depth }: SourceFormat, lead: number): string[] {
  if (steady === null) return [];
  const share = (codes: number): string => ((codes + 1.1) / 2 ** depth).toFixed(6);
  const planes = [0, 1, 2].map((i) => `${i}a=${share(steady)}:${i}b=${share(steady * STEADY_REACH)}`);
  // The filter never ends where it gets fewer frames than it looks at, so the first one is repeated before the beginning,
  // which is what the filter assumes to be there anyway.
  const repeated = 2 * STEADY_REACH;
  return [
    `tpad=start=${repeated}:start_mode=clone`,
    `atadenoise=s=${repeated + 1}:${planes.join(':')}`,
    `trim=start_frame=${repeated + lead}`,
  ];
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
  const filters = [...(through ? [conformFilter(source)] : []), `select=${select}`, ...formatFilters(source)];
  const seekSeconds = through ? 0 : Math.max(0, (first * den) / num - 1);
  return [
    ...['-copyts', '-noaccurate_seek', '-ss', seekSeconds.toFixed(6), ...open(source.path)],
    ...['-map', '0:v:0', '-an', '-sn', '-dn', '-vf', filters.join(','), '-frames:v', String(positions.length)],
    ...['-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1'],
  ];
}

export interface EncodeFormat {
  width: number;
  height: number;
  frameRate: FrameRate;
  color: OutputColor;
  /** `-qscale:v`, 1 (finest) and up. */
  quantiser: number;
  threads: number;
}

/**
 * 10-bit 4:2:2 planes on stdin → ProRes 422 HQ frames on stdout, one after the other without a container. A fixed
 * quantiser skips the encoder's search, which costs four times the rest. setparams writes the colour tags into the
 * frame headers, where `-color_*` options alone don't reach.
 */
export function encodeArgs(format: EncodeFormat): string[] {
  const { width, height, frameRate, color, quantiser, threads } = format;
  const tags = `setparams=range=tv:color_primaries=${color.primaries}:color_trc=${color.transfer}:colorspace=${color.matrix}`;
  return [
    ...['-f', 'rawvideo', '-pixel_format', 'yuv422p10le', '-video_size', `${width}x${height}`],
    ...['-framerate', `${frameRate.num}/${frameRate.den}`, '-i', 'pipe:0'],
    ...['-vf', tags, '-fps_mode', 'passthrough', '-c:v', 'prores_ks', '-profile:v', '3', '-vendor', 'apl0'],
    ...['-qscale:v', String(quantiser), '-threads', String(threads), '-f', 'rawvideo', 'pipe:1'],
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
