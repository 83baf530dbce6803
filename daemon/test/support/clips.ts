import { readFile, writeFile } from 'node:fs/promises';
import { cached, ffmpeg } from './tools.ts';

/** What an encoder has to be told so that ffmpeg 5 to 8 make the same kind of file. */
const encoders = {
  h264: ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20'],
  hevc: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error', '-tag:v', 'hvc1'],
  prores: ['-c:v', 'prores_ks', '-profile:v', '3', '-vendor', 'apl0'],
  prores4444: ['-c:v', 'prores_ks', '-profile:v', '4', '-vendor', 'apl0'],
  mpeg4: ['-c:v', 'mpeg4', '-q:v', '3'],
  mpeg1: ['-c:v', 'mpeg1video', '-q:v', '3'],
  mpeg2: ['-c:v', 'mpeg2video', '-q:v', '3'],
  mjpeg: ['-c:v', 'mjpeg', '-q:v', '3', '-strict', 'unofficial'],
  dnxhr: ['-c:v', 'dnxhd', '-profile:v', 'dnxhr_hq'],
  vp8: ['-c:v', 'libvpx', '-deadline', 'realtime', '-auto-alt-ref', '0'],
  vp9: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'],
  av1: ['-c:v', 'libsvtav1', '-preset', '12'],
  ffv1: ['-c:v', 'ffv1', '-level', '3'],
  huffyuv: ['-c:v', 'huffyuv'],
  utvideo: ['-c:v', 'utvideo'],
  qtrle: ['-c:v', 'qtrle'],
  png: ['-c:v', 'png'],
  cfhd: ['-c:v', 'cfhd'],
  v210: ['-c:v', 'v210'],
  raw: ['-c:v', 'rawvideo'],
  dv: ['-c:v', 'dvvideo'],
  snow: ['-c:v', 'snow', '-strict', '-2'],
  gif: ['-c:v', 'gif'],
} as const;

/** ffmpeg's names of primaries, transfer and matrix, and the matrix as its scaler calls it. */
const colors = {
  bt709: ['bt709', 'bt709', 'bt709', 'bt709'],
  bt601: ['smpte170m', 'smpte170m', 'smpte170m', 'bt601'],
  pal: ['bt470bg', 'smpte170m', 'bt470bg', 'bt601'],
  pq: ['bt2020', 'smpte2084', 'bt2020nc', 'bt2020'],
  hlg: ['bt2020', 'arib-std-b67', 'bt2020nc', 'bt2020'],
} as const;

export interface ClipSound {
  channels?: number;
  sampleRate?: number;
  /** ffmpeg's encoder; by default what is usual in the container. */
  codec?: string;
}

export interface ClipOptions {
  codec?: keyof typeof encoders;
  /** Decides the container. */
  extension?: '.mov' | '.mp4' | '.mkv' | '.webm' | '.avi' | '.mxf' | '.ts' | '.mpg' | '.gif';
  /** A lavfi source that takes size and rate. */
  picture?: 'testsrc2' | 'mandelbrot' | 'smptebars' | 'gradients' | 'rgbtestsrc' | 'gliding';
  width?: number;
  height?: number;
  /** "25", "30000/1001" */
  rate?: string;
  frames?: number;
  pixelFormat?: string;
  range?: 'tv' | 'pc';
  /** Tags, and the matrix that the pictures are really made with. Without it the file says nothing. */
  color?: keyof typeof colors;
  /** Clockwise degrees written into the track header of a MOV or MP4. */
  rotation?: 0 | 90 | 180 | 270;
  sampleAspect?: `${number}/${number}`;
  timecode?: string;
  interlaced?: boolean;
  /** Gives the pictures alpha: their left half is see-through. Needs a pixel format that holds it. */
  transparent?: boolean;
  /** With `transparent`: the right half gets less see-through by 40 codes a frame. */
  fading?: boolean;
  /** Uneven frame times, or a pause of five frames after the tenth. */
  timing?: 'uneven' | 'gap';
  /** A strip over the top eighth that holds the frame's number, for `readFrameNumbers`. */
  numbered?: boolean;
  sounds?: readonly ClipSound[];
  /** Start of a stream copy in seconds: the file keeps frames from the key frame before, and an edit list hides them. */
  cut?: number;
  /** Further output options. */
  extra?: readonly string[];
}

const defaults = { codec: 'h264', picture: 'testsrc2', width: 192, height: 108, rate: '25', frames: 25 } as const;

/** Makes a clip with ffmpeg, or finds the one made before. Resolves to its path; copy it before changing it. */
export function clip(options: ClipOptions = {}): Promise<string> {
  const { cut, rotation, ...rest } = options;
  const recipe = ['clip', outputArgs(options), cut, rotation];
  return cached(recipe, options.extension ?? '.mp4', async (path) => {
    if (cut === undefined) await ffmpeg(...outputArgs(options), path);
    else await ffmpeg('-ss', String(cut), '-i', await clip(rest), '-c', 'copy', '-y', path);
    if (rotation) await turn(path, rotation);
  });
}

function outputArgs(options: ClipOptions): string[] {
  const { codec, picture, width, height, rate, frames } = { ...defaults, ...options };
  const sounds = options.sounds ?? [];
  const source = [
    '-f',
    'lavfi',
    '-i',
    `${picture === 'gliding' ? 'color=black:' : `${picture}=`}s=${width}x${height}:r=${rate}`,
  ];
  return [
    ...source,
    ...sounds.flatMap(soundInput(frames / ratio(rate))),
    ...['-map', '0', ...sounds.flatMap((_, i) => ['-map', String(i + 1)])],
    ...['-vf', filters(options).join(','), '-bitexact'],
    ...[...encoders[codec], ...tags(options), ...sounds.flatMap(soundCodec(options.extension))],
    ...(options.interlaced ? ['-flags', '+ildct+ilme'] : []),
    ...(options.timecode ? ['-timecode', options.timecode] : []),
    ...(options.timing ? ['-fps_mode', 'vfr', '-enc_time_base', '1/12800'] : []),
    ...(options.extra ?? []),
    '-y',
  ];
}

function filters(options: ClipOptions): string[] {
  const { frames, width, height } = { ...defaults, ...options };
  const { color, range = 'tv' } = options;
  const [primaries, transfer, space, matrix] = color ? colors[color] : [];
  return [
    `trim=end_frame=${frames}`,
    ...drawings(options),
    // sources round odd sizes; the scaler gives what was asked for
    `scale=${width}:${height}:${matrix ? `out_color_matrix=${matrix}:` : ''}out_range=${range}`,
    `format=${options.pixelFormat ?? 'yuv420p'}`,
    ...times(options),
    `setsar=${options.sampleAspect ?? '1/1'}`,
    ...(options.interlaced ? ['setfield=tff'] : []),
    ...(color
      ? [`setparams=range=${range}:color_primaries=${primaries}:color_trc=${transfer}:colorspace=${space}`]
      : []),
  ];
}

/** What is painted into the pictures. */
function drawings({ picture, numbered, transparent, fading }: ClipOptions): string[] {
  return [
    ...(picture === 'gliding' ? ['format=gray', 'geq=lum=255*between(X\\,4*N\\,4*N+31)'] : []),
    ...(numbered ? ['format=yuv444p', numberStrip] : []),
    ...(transparent ? ['format=yuva444p', transparency(fading ? '40*N' : '255')] : []),
  ];
}

function transparency(right: string): string {
  return `geq=lum=lum(X\\,Y):cb=cb(X\\,Y):cr=cr(X\\,Y):a=${right}*gte(X\\,W/2)`;
}

/** 512 units of 1/12800 s are a frame of 1/25 s. */
function times({ timing }: ClipOptions): string[] {
  if (!timing) return [];
  return ['settb=1/12800', `setpts=(N+${timing === 'gap' ? '5*gte(N\\,10)' : '0.4*mod(N\\,3)'})*512`];
}

function tags({ color, range }: ClipOptions): string[] {
  const rangeTag = range ? ['-color_range', range] : [];
  if (!color) return rangeTag;
  const [primaries, transfer, matrix] = colors[color];
  return [...['-color_primaries', primaries, '-color_trc', transfer, '-colorspace', matrix], ...rangeTag];
}

function soundInput(seconds: number): (sound: ClipSound, index: number) => string[] {
  return ({ channels = 2, sampleRate = 48_000 }, index) => {
    const waves = Array.from({ length: channels }, (_, i) => `0.2*sin(2*PI*${220 * (i + index + 1)}*t)`).join('|');
    return ['-f', 'lavfi', '-i', `aevalsrc=${waves}:s=${sampleRate}:d=${seconds}`];
  };
}

const usualSound: Readonly<Record<string, string>> = { '.mp4': 'aac', '.webm': 'libopus', '.ts': 'mp2', '.mpg': 'mp2' };

function soundCodec(extension = '.mp4'): (sound: ClipSound, index: number) => string[] {
  return ({ codec }, index) => [`-c:a:${index}`, codec ?? usualSound[extension] ?? 'pcm_s16le'];
}

function ratio(rate: string): number {
  const [num = 25, den = 1] = rate.split('/').map(Number);
  return num / den;
}

/** The matrices of clockwise turns (ISO/IEC 14496-12, track header): a, b, c, d. */
const turns = { 90: [0, 1, -1, 0], 180: [-1, 0, 0, -1], 270: [0, -1, 1, 0] } as const;

/** Writes the matrix into the first track header, because ffmpeg's own option for it changed between versions. */
export async function turn(path: string, degrees: 90 | 180 | 270): Promise<void> {
  const bytes = await readFile(path);
  const header = bytes.indexOf('tkhd') + 4;
  const matrix = header + (bytes[header] === 1 ? 52 : 40);
  const [width, height] = [bytes.readInt32BE(matrix + 36), bytes.readInt32BE(matrix + 40)];
  const [a, b, c, d] = turns[degrees];
  const [x, y] = { 90: [height, 0], 180: [width, height], 270: [0, width] }[degrees] as [number, number];
  const fields = [a * 65536, b * 65536, 0, c * 65536, d * 65536, 0, x, y, 0x40000000];
  for (const [i, field] of fields.entries()) bytes.writeInt32BE(field, matrix + i * 4);
  await writeFile(path, bytes);
}

const BITS = 16;

/** White and black cells over the top eighth: the frame's number, highest bit first. No fonts needed. */
const numberStrip = [
  `geq=lum='if(lt(Y\\,H/8)\\,16+219*mod(floor(N/pow(2\\,${BITS - 1}-floor(X*${BITS}/W)))\\,2)\\,lum(X\\,Y))'`,
  `cb='if(lt(Y\\,H/8)\\,128\\,cb(X\\,Y))':cr='if(lt(Y\\,H/8)\\,128\\,cr(X\\,Y))'`,
].join(':');

/** Undoes a clockwise turn. */
const turnsBack = { 0: 'null', 90: 'transpose=cclock', 180: 'hflip,vflip', 270: 'transpose=clock' } as const;

/**
 * Reads the numbers of a clip made with `numbered`, one for each decoded frame, at any size. `turned` is by how many
 * degrees clockwise the picture itself was rotated since.
 */
export async function readFrameNumbers(path: string, turned: keyof typeof turnsBack = 0): Promise<number[]> {
  const cells = `${turnsBack[turned]},crop=iw:ih/16:0:ih/32,scale=${BITS}:1:flags=area,format=gray`;
  const output = ['-map', '0:v:0', '-vf', cells, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-'];
  const pixels = await ffmpeg('-noautorotate', '-i', path, ...output);
  return Array.from({ length: pixels.length / BITS }, (_, frame) =>
    pixels.subarray(frame * BITS, (frame + 1) * BITS).reduce((number, cell) => number * 2 + (cell > 127 ? 1 : 0), 0),
  );
}
