import { SIZE, SMALL } from './originals.ts';

/** Dark to bright: shares of the full signal that each ramp runs between. */
const RAMPS = [
  [0.02, 0.12],
  [0.05, 0.5],
  [0.3, 0.9],
] as const;

/** Slightly blue, as skies are: shares of red, green and blue. */
const TINT = [0.8, 0.9, 1] as const;
/** ITU-R BT.709. */
const RED = 0.2126;
const BLUE = 0.0722;

export interface Ramp {
  /** Luma that nobody rounded, in 10-bit limited-range codes. */
  truth: Float64Array;
  /** 8-bit 4:2:0 frame of half the size: rounded without dither, as cameras and encoders do. */
  small: Uint8Array;
}

/** Slow ramps over the whole frame, on which 8 bits show as bands. The same as in models/training/evaluate.py. */
export function ramps(): Ramp[] {
  return RAMPS.map(([low, high]) => {
    const signal = (x: number, y: number): number =>
      low + (high - low) * ((0.7 * x) / (SIZE.width - 1) + (0.3 * y) / (SIZE.height - 1));
    const truth = new Float64Array(SIZE.width * SIZE.height);
    for (let i = 0; i < truth.length; i++)
      truth[i] = 64 + 876 * luma() * signal(i % SIZE.width, Math.floor(i / SIZE.width));
    return { truth, small: smallFrame(signal) };
  });
}

/** Half-size samples lie half-way between two of the large ones; left-sited chroma on the left one of four columns. */
function smallFrame(signal: (x: number, y: number) => number): Uint8Array {
  const { width, height } = SMALL;
  const frame = new Uint8Array((width * height * 3) / 2);
  for (let i = 0; i < width * height; i++)
    frame[i] = Math.round(16 + 219 * luma() * signal(2 * (i % width) + 0.5, 2 * Math.floor(i / width) + 0.5));
  const size = { width: width / 2, count: (width * height) / 4 };
  for (let i = 0; i < size.count; i++) {
    const at = signal(4 * (i % size.width) + 0.5, 4 * Math.floor(i / size.width) + 1.5);
    frame[width * height + i] = Math.round(128 + 224 * at * ((TINT[2] - luma()) / (2 * (1 - BLUE))));
    frame[width * height + size.count + i] = Math.round(128 + 224 * at * ((TINT[0] - luma()) / (2 * (1 - RED))));
  }
  return frame;
}

function luma(): number {
  return RED * TINT[0] + (1 - RED - BLUE) * TINT[1] + BLUE * TINT[2];
}
