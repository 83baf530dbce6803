import type { FrameRate } from '@uprez/shared';
import { type FrameSpan, open, selection } from './args.ts';
import type { OutputColor } from './colors.ts';
import type { SourceFormat } from './frame-filters.ts';

/** ffmpeg's own encoder, and that of Macs whose chips have one. */
export type ProresEncoder = 'prores_ks' | 'prores_videotoolbox';

/** Transparency of a clip's frames, to be enlarged and written with the pictures. */
export interface AlphaSource {
  source: SourceFormat;
  frames: FrameSpan;
}

export interface EncodeFormat {
  width: number;
  height: number;
  frameRate: FrameRate;
  color: OutputColor;
  encoder: ProresEncoder;
  /** `-qscale:v` of prores_ks, 1 (finest) and up; the other knows none. */
  quantiser: number;
  threads: number;
  /** null: ProRes 422 HQ; else ProRes 4444 with the transparency of these frames, which only prores_ks writes. */
  alpha: AlphaSource | null;
}

/**
 * 10-bit 4:2:2 planes on stdin → ProRes frames on stdout, one after the other without a container. setparams writes the
 * colour tags into the frame headers, where `-color_*` options alone don't reach.
 */
export function encodeArgs(format: EncodeFormat): string[] {
  const { width, height, frameRate, color, alpha } = format;
  const tags = `setparams=range=tv:color_primaries=${color.primaries}:color_trc=${color.transfer}:colorspace=${color.matrix}`;
  return [
    ...['-f', 'rawvideo', '-pixel_format', 'yuv422p10le', '-video_size', `${width}x${height}`],
    ...['-framerate', `${frameRate.num}/${frameRate.den}`, '-i', 'pipe:0'],
    ...(alpha ? merged(alpha, { width, height, tags }) : ['-vf', pixels(format, tags)]),
    ...['-fps_mode', 'passthrough', ...encoderArgs(format), '-f', 'rawvideo', 'pipe:1'],
  ];
}

/** Apple's encoder takes 4:2:2 with both chroma planes woven into one. */
function pixels({ encoder }: EncodeFormat, tags: string): string {
  return encoder === 'prores_ks' ? tags : `format=p210le,${tags}`;
}

/** A fixed quantiser skips the search of prores_ks, which costs four times the rest. Apple's has its own rate control. */
function encoderArgs({ encoder, quantiser, threads, alpha }: EncodeFormat): string[] {
  if (encoder === 'prores_videotoolbox')
    return ['-c:v', encoder, '-profile:v', 'hq', '-allow_sw', '0', '-threads', String(threads)];
  const profile = ['-profile:v', alpha ? '4' : '3', '-vendor', 'apl0'];
  return ['-c:v', encoder, ...profile, '-qscale:v', String(quantiser), '-threads', String(threads)];
}

/**
 * Reads the clip's frames a second time, for their transparency alone, which is enlarged by plain interpolation. It goes
 * in full range, as ProRes stores it, as the luma of a picture because both sides of a merger have one format, and is never
 * mixed of several frames.
 */
function merged(
  { source, frames }: AlphaSource,
  { width, height, tags }: { width: number; height: number; tags: string },
): string[] {
  const { seek, filters } = selection({ ...source, rateConversion: 'sampling' }, frames);
  const levels = 'in_range=full:out_range=full:flags=bicubic+accurate_rnd';
  const alpha = ['alphaextract', ...filters, `scale=${width}:${height}:${levels}`, 'format=yuv444p10le', ...inStep];
  const graph = [
    `[0:v]${['format=yuv444p10le', ...inStep].join(',')}[planes]`,
    `[1:v:0]${alpha.join(',')}[alpha]`,
    `[planes][alpha]mergeplanes=0x00010210:yuva444p10le,${tags}[merged]`,
  ];
  return ['-copyts', ...seek, ...open(source.path), '-filter_complex', graph.join(';'), '-map', '[merged]'];
}

/** Both sides count their frames from 0; what the file says of the shape of pixels must not differ either. */
const inStep = ['setsar=1', 'settb=1/1000', 'setpts=N'];
