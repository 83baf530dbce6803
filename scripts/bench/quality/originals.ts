import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runFfmpeg } from '../../../daemon/src/media/ffmpeg.ts';

/** Size of the originals; what is enlarged is half of it. */
export const SIZE = { width: 1280, height: 720 } as const;
export const SMALL = { width: SIZE.width / 2, height: SIZE.height / 2 } as const;

/** The photographs that models/training/clips.py keeps out of the training (HELD_OUT). */
const HELD_OUT = ['ashim-dsilva', 'jared-evans-119758', 'sean-afnan-244576', 'sunset-by-the-pier'];

/** How much of a picture the window shows: slightly reduced, which hides the blocks of a camera's JPEG. */
const WINDOW = { width: 1472, height: 828 } as const;

/**
 * Where the window starts (share of the way) and how far it goes on from frame to frame, in the picture's pixels: 1/1.15
 * of the original's, so that it glides by fractions.
 */
const GLIDES = [
  { start: [0.3, 0.5], drift: [1, 0] },
  { start: [0.5, 0.35], drift: [3, -1] },
  { start: [0.6, 0.6], drift: [-1, 2] },
  { start: [0.4, 0.7], drift: [5, 2] },
] as const;

export interface Picture {
  name: string;
  /** What ffmpeg opens. */
  input: readonly string[];
}

/** Frames as planes: the luma of the original in 10-bit words, and 8-bit 4:2:0 of half the size. */
export interface Original {
  name: string;
  luma: Uint8Array[];
  small: Uint8Array[];
}

/** The held-out photographs of a folder. Throws where there are none. */
export async function heldOutPhotos(folder: string): Promise<Picture[]> {
  const there = new Set(await readdir(folder));
  const names = HELD_OUT.filter((name) => there.has(`${name}.jpg`));
  if (names.length === 0) throw new Error(`none of ${HELD_OUT.join(', ')} is in ${folder}`);
  return names.map((name) => ({ name, input: ['-i', `file:${join(folder, name)}.jpg`] }));
}

/** Pictures that ffmpeg draws, for those who have no photographs. */
export function generatedPictures(): Picture[] {
  const sources = {
    test: 'testsrc2=s=1920x1080',
    fractal: 'mandelbrot=s=1920x1080:start_scale=0.3',
    life: 'life=s=480x270:seed=7:ratio=0.3,scale=1920:1080:flags=bicubic',
    gradients: 'gradients=s=1920x1080:seed=7:n=5',
  };
  return Object.entries(sources).map(([name, source]) => ({ name, input: ['-f', 'lavfi', '-i', source] }));
}

export interface OriginalOptions {
  frames: number;
  /** Else the window stands still. */
  moving: boolean;
  /** Takes away detail finer than so many pixels. */
  softenedBy?: number;
}

/** A window gliding over a picture, and the same reduced by two (cubic, a = -0.5, rounded). */
export async function originalOf(
  ffmpeg: string,
  { picture, number }: { picture: Picture; number: number },
  options: OriginalOptions,
): Promise<Original> {
  const args = (last: string, format: string): string[] => [
    ...[...picture.input, '-vf', `${windowFilters(number, options)},${last}`],
    ...['-frames:v', String(options.frames), '-pix_fmt', format, '-f', 'rawvideo', 'pipe:1'],
  ];
  const reduce = `scale=${SMALL.width}:${SMALL.height}:${cubic}:sws_dither=none`;
  const [luma, small] = [
    await runFfmpeg(ffmpeg, args('format=yuv444p10le,extractplanes=y', 'gray10le')),
    await runFfmpeg(ffmpeg, args(`${reduce},format=yuv420p`, 'yuv420p')),
  ];
  return {
    name: picture.name,
    luma: cut(luma, SIZE.width * SIZE.height * 2),
    small: cut(small, (SMALL.width * SMALL.height * 3) / 2),
  };
}

const cubic = 'flags=bicubic+accurate_rnd:param0=0:param1=0.5';

function windowFilters(number: number, { frames, moving, softenedBy }: OriginalOptions): string {
  const { start, drift } = GLIDES[number % GLIDES.length] ?? GLIDES[0];
  const [x, y] = [0, 1].map((axis) => {
    const side = axis === 0 ? 'iw-ow' : 'ih-oh';
    return `clip(floor((${side})*${start[axis]})+${moving ? drift[axis] : 0}*n\\,0\\,${side})`;
  });
  const soft = softenedBy ? [...resize(1 / softenedBy, cubic), ...resize(1, cubic)] : [];
  return [
    'scale=out_color_matrix=bt709:out_range=limited:flags=accurate_rnd+full_chroma_int,format=yuv444p16le',
    `loop=${frames - 1}:1:0,setpts=N/24/TB,crop=${WINDOW.width}:${WINDOW.height}:${x}:${y}`,
    ...resize(1, 'flags=lanczos+accurate_rnd'),
    ...soft,
  ].join(',');
}

function resize(share: number, how: string): string[] {
  return [`scale=${Math.floor(SIZE.width * share)}:${Math.floor(SIZE.height * share)}:${how}`];
}

/** Raw video as its frames. */
export function cut(raw: Uint8Array, frameBytes: number): Uint8Array[] {
  const count = Math.floor(raw.byteLength / frameBytes);
  return Array.from({ length: count }, (_, i) => raw.subarray(i * frameBytes, (i + 1) * frameBytes));
}
