import type { FrameRate, Media, Size, YuvMatrix } from '@uprez/shared';
import { open } from './args.ts';
import { pictureMatrix } from './colors.ts';

/** A moment of a clip, and how large its picture is to be. */
export interface StillFrame {
  /** Absolute path. */
  path: string;
  /** Start of the frame, counted from the clip's first, in seconds. */
  seconds: number;
  /** Presentation time of the clip's first frame. */
  startSeconds: number;
  /** Frames are `1 / rate` long. */
  rate: FrameRate;
  /** Its frames come unevenly: the one on show at that moment is taken. */
  variable: boolean;
  interlaced: boolean;
  size: Size;
  matrix: YuvMatrix;
  range: 'limited' | 'full';
}

const matrixNames = { '601': 'bt601', '709': 'bt709', '2020': 'bt2020' } as const satisfies Record<YuvMatrix, string>;

/**
 * One frame as a JPEG on stdout, decoded from the key frame before it. JPEGs are BT.601 at full range (JFIF 1.02); chroma is
 * kept at full size, so that before and after differ only where the pictures do.
 */
export function stillArgs(frame: StillFrame): string[] {
  const { path, seconds, size, matrix, range, interlaced } = frame;
  const filters = [
    ...(interlaced ? ['bwdif=mode=send_frame:parity=auto:deint=all'] : []),
    pick(frame),
    `scale=${size.width}:${size.height}:flags=area+accurate_rnd+full_chroma_int+full_chroma_inp:` +
      `in_color_matrix=${matrixNames[matrix]}:in_range=${range}:out_color_matrix=bt601:out_range=full`,
    'format=yuvj444p',
  ];
  return [
    ...['-copyts', '-noaccurate_seek', '-ss', Math.max(0, seconds - 1).toFixed(6), ...open(path)],
    ...['-map', '0:v:0', '-an', '-sn', '-dn', '-vf', filters.join(','), '-frames:v', '1', '-fps_mode', 'passthrough'],
    ...['-c:v', 'mjpeg', '-q:v', '2', '-f', 'image2pipe', 'pipe:1'],
  ];
}

/** Even frames: the first one past the middle of the one before. Others: `fps` says which one is on show at a moment. */
function pick({ seconds, startSeconds, rate, variable }: StillFrame): string {
  if (!variable) return `select=gte(t\\,${(startSeconds + seconds - (0.5 * rate.den) / rate.num).toFixed(6)})`;
  const shift = `setpts=PTS-(${startSeconds.toFixed(6)}/TB)`;
  return `${shift},fps=fps=${rate.num}/${rate.den}:round=near:start_time=${seconds.toFixed(6)}:eof_action=pass`;
}

/** Size in square pixels, upright, no wider than asked for and never enlarged. */
export function stillSize(
  media: Pick<Media, 'width' | 'height' | 'rotation' | 'sampleAspect'>,
  most: number | null,
): Size {
  const { num, den } = media.sampleAspect;
  const shown = { width: Math.max(1, Math.round((media.width * num) / den)), height: media.height };
  const sideways = media.rotation === 90 || media.rotation === 270;
  const { width, height } = sideways ? { width: shown.height, height: shown.width } : shown;
  if (most === null || width <= most) return { width, height };
  return { width: most, height: Math.max(1, Math.round((height * most) / width)) };
}

/** How the codes of a clip are to be read. */
export function stillColor(
  media: Pick<Media, 'color' | 'width' | 'height' | 'chroma'>,
): Pick<StillFrame, 'matrix' | 'range'> {
  const full = media.chroma !== 'rgb' && media.color.range === 'full';
  return { matrix: pictureMatrix(media.color, media), range: full ? 'full' : 'limited' };
}
