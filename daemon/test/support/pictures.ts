import { ffmpeg } from './tools.ts';

export interface Pixels {
  width: number;
  height: number;
  chroma: '420' | '422' | '444';
  depth: number;
}

export interface Picture {
  y: Plane;
  u: Plane;
  v: Plane;
}

export interface Plane {
  width: number;
  height: number;
  codes: Uint8Array | Uint16Array;
}

/** Codes of one decoded frame, as they are stored: no conversion of range or depth. */
export async function readPicture(path: string, pixels: Pixels, frame = 0): Promise<Picture> {
  const { chroma, depth } = pixels;
  const formats = depth === 8 ? `yuv${chroma}p|yuvj${chroma}p` : `yuv${chroma}p${depth}le`;
  const select = `select=eq(n\\,${frame}),format=${formats}`;
  const bytes = await ffmpeg(
    '-i',
    path,
    '-map',
    '0:v:0',
    '-vf',
    select,
    '-frames:v',
    '1',
    '-fps_mode',
    'passthrough',
    '-f',
    'rawvideo',
    '-',
  );
  const raw = new Uint8Array(bytes).buffer;
  const codes = depth === 8 ? new Uint8Array(raw) : new Uint16Array(raw);
  const size = { width: pixels.width, height: pixels.height };
  const half = {
    width: chroma === '444' ? size.width : Math.ceil(size.width / 2),
    height: chroma === '420' ? Math.ceil(size.height / 2) : size.height,
  };
  const luma = size.width * size.height;
  const part = half.width * half.height;
  return {
    y: { ...size, codes: codes.subarray(0, luma) },
    u: { ...half, codes: codes.subarray(luma, luma + part) },
    v: { ...half, codes: codes.subarray(luma + part, luma + 2 * part) },
  };
}

/** Mean code of a plane around a relative position (0 to 1), over a square of `radius` relative to its width. */
export function meanAround({ width, height, codes }: Plane, at: { x: number; y: number; radius: number }): number {
  const reach = Math.max(1, Math.floor(at.radius * width));
  const [centerX, centerY] = [Math.floor(at.x * width), Math.floor(at.y * height)];
  let sum = 0;
  let count = 0;
  for (let y = centerY - reach; y <= centerY + reach; y++)
    for (let x = centerX - reach; x <= centerX + reach; x++) {
      sum += codes[y * width + x] ?? 0;
      count += 1;
    }
  return sum / count;
}
