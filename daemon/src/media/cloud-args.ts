import { type FrameRate, rateValue, type Size } from '@uprez/shared';
import { open } from './args.ts';
import type { OutputColor } from './colors.ts';
import type { SourceFormat } from './frame-filters.ts';

/** Where a clip goes, and the one line that its container says about it. */
export interface MarkedFile {
  path: string;
  mark: string;
}

/** All frames of a clip's picture as they are, in a QuickTime file of their own. */
export function copyClipArgs(path: string, result: MarkedFile): string[] {
  return [...open(path), '-map', '0:v:0', '-c', 'copy', ...into(result)];
}

/**
 * Frames `first` to `first + count` of a codec whose every frame is a key frame, as they are. Copying begins at the key
 * frame before the time given, so that lies behind the first frame's border.
 */
export function copyRangeArgs(
  path: string,
  result: MarkedFile,
  range: { first: number; count: number; startSeconds: number; rate: FrameRate },
): string[] {
  const start = range.startSeconds + (range.first + 0.25) / rateValue(range.rate);
  return [
    ...['-seek_timestamp', '1', '-ss', start.toFixed(6), ...open(path)],
    ...['-map', '0:v:0', '-c', 'copy', '-frames:v', String(range.count), ...into(result)],
  ];
}

/** Planes on stdin, as the decoder delivers them. */
export function planesInput(source: SourceFormat, rate: FrameRate): string[] {
  const pixels = `yuv${source.chroma}p${source.depth === 8 ? '' : `${source.depth}le`}`;
  return [
    ...['-f', 'rawvideo', '-pixel_format', pixels, '-video_size', `${source.width}x${source.height}`],
    ...['-framerate', `${rate.num}/${rate.den}`, '-i', 'pipe:0'],
  ];
}

/** Planes on stdin, as the decoder delivers them → ProRes 422 HQ in a QuickTime file: nobody sees the difference. */
export function encodeClipArgs(
  source: SourceFormat,
  rate: FrameRate,
  { color, result }: { color: OutputColor; result: MarkedFile },
): string[] {
  const filters = [
    `scale=in_range=${source.range}:out_range=limited:flags=lanczos+accurate_rnd+full_chroma_int`,
    'format=yuv422p10le',
    tags(color),
  ];
  return [
    ...[...planesInput(source, rate), '-vf', filters.join(',')],
    ...['-fps_mode', 'passthrough', ...proresHq, ...into(result)],
  ];
}

/** ProRes frames of a file, one after the other without a container; only the colour tags in their headers change. */
export function copyFramesArgs(path: string, color: OutputColor): string[] {
  const tagged = `prores_metadata=color_primaries=${color.primaries}:color_trc=${color.transfer}:colorspace=${color.matrix}`;
  return [...open(path), '-map', '0:v:0', '-c:v', 'copy', '-bsf:v', tagged, '-f', 'rawvideo', 'pipe:1'];
}

/** A file's pictures at another size, as ProRes 422 HQ frames without a container. */
export function convertFramesArgs(path: string, size: Size, color: OutputColor): string[] {
  const filters = [
    `scale=${size.width}:${size.height}:flags=lanczos+accurate_rnd+full_chroma_int`,
    'format=yuv422p10le',
    tags(color),
  ];
  return [
    ...[...open(path), '-map', '0:v:0', '-vf', filters.join(','), '-fps_mode', 'passthrough'],
    ...[...proresHq, '-f', 'rawvideo', 'pipe:1'],
  ];
}

/** Nothing of the source's own remarks goes along. */
function into({ path, mark }: MarkedFile): string[] {
  return ['-map_metadata', '-1', '-metadata', `comment=${mark}`, '-f', 'mov', '-y', `file:${path}`];
}

/** The encoder's own rate control: pictures of any kind stay below the profile's rate. */
export const proresHq = ['-c:v', 'prores_ks', '-profile:v', '3', '-vendor', 'apl0'];

function tags({ primaries, transfer, matrix }: OutputColor): string {
  return `setparams=range=tv:color_primaries=${primaries}:color_trc=${transfer}:colorspace=${matrix}`;
}
