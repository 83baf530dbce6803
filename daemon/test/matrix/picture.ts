import type { Combination } from './combinations.ts';

/** Of the clips: bars above, the frame's number below. Even in both directions, whatever the sampling. */
export const SIZE = { width: 96, height: 64 };
const BARS = 8;
const BAR_WIDTH = SIZE.width / BARS;
/** The upper part of the picture that holds the bars. */
const BARS_HEIGHT = 40;

export interface Levels {
  y: number;
  u: number;
  v: number;
}

/** Kr and Kb of ITU-R BT.601, BT.709 and BT.2020. */
const weights = { '601': [0.299, 0.114], '709': [0.2126, 0.0722], '2020': [0.2627, 0.0593] } as const;

/** Bars of 75 %: white, yellow, cyan, green, magenta, red, blue, black. */
const colors: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [1, 1, 0],
  [0, 1, 1],
  [0, 1, 0],
  [1, 0, 1],
  [1, 0, 0],
  [0, 0, 1],
  [0, 0, 0],
];

type Pixels = Pick<Combination, 'matrix' | 'range' | 'depth' | 'chroma'>;

/** Codes of a bar as the clip stores them (ITU-R BT.2100, table 9). */
export function barCodes(bar: number, { matrix, range, depth }: Pixels): Levels {
  const [r, g, b] = colors[bar]!.map((part) => part * 0.75) as [number, number, number];
  const [kr, kb] = weights[matrix];
  const y = kr * r + (1 - kr - kb) * g + kb * b;
  const [u, v] = [(b - y) / (2 * (1 - kb)), (r - y) / (2 * (1 - kr))];
  const unit = 2 ** (depth - 8);
  const top = 2 ** depth - 1;
  const luma = range === 'full' ? y * top : (16 + 219 * y) * unit;
  const chroma = (part: number): number => (range === 'full' ? part * top : part * 224 * unit) + 128 * unit;
  return { y: Math.round(luma), u: Math.round(chroma(u)), v: Math.round(chroma(v)) };
}

/** The same codes at 10 bits and limited range. */
export function expectedLevels(bar: number, pixels: Pixels): Levels {
  const { y, u, v } = barCodes(bar, pixels);
  const { range, depth } = pixels;
  const scale = 2 ** (10 - depth);
  if (range === 'limited') return { y: y * scale, u: u * scale, v: v * scale };
  const top = 2 ** depth - 1;
  const chroma = (code: number): number => 512 + ((code - 2 ** (depth - 1)) * 896) / top;
  return { y: 64 + (y * 876) / top, u: chroma(u), v: chroma(v) };
}

/** One frame as planes: bars, and below them its number in eight black or white fields, highest bit first. */
export function frame(number: number, pixels: Pixels): Buffer {
  const { chroma } = pixels;
  const across = chroma === '444' ? 1 : 2;
  const down = chroma === '420' ? 2 : 1;
  const plane = (part: keyof Levels, [stepX, stepY]: readonly [number, number]): number[] => {
    const codes: number[] = [];
    for (let y = 0; y < SIZE.height; y += stepY)
      for (let x = 0; x < SIZE.width; x += stepX) codes.push(sample(number, { x, y, pixels })[part]);
    return codes;
  };
  const codes = [...plane('y', [1, 1]), ...plane('u', [across, down]), ...plane('v', [across, down])];
  return Buffer.from(pixels.depth === 8 ? Uint8Array.from(codes).buffer : Uint16Array.from(codes).buffer);
}

function sample(number: number, { x, y, pixels }: { x: number; y: number; pixels: Pixels }): Levels {
  const bar = Math.floor(x / BAR_WIDTH);
  if (y < BARS_HEIGHT) return barCodes(bar, pixels);
  const white = (number >> (BARS - 1 - bar)) & 1;
  const { u, v } = barCodes(7, pixels);
  const unit = 2 ** (pixels.depth - 8);
  const [black, full] = pixels.range === 'full' ? [0, 255] : [16, 235];
  return { y: (white ? full : black) * unit, u, v };
}

export interface Result {
  /** Planes of one frame at 10 bits, 4:2:2. */
  codes: Uint16Array;
  width: number;
  height: number;
  rotation: Combination['rotation'];
}

/** The number that a result's frame carries. */
export function readNumber(result: Result): number {
  const y = (BARS_HEIGHT + SIZE.height) / 2;
  const fields = Array.from({ length: BARS }, (_, bar) => levelsAt(result, { x: (bar + 0.5) * BAR_WIDTH, y }).y);
  return fields.reduce((number, level) => number * 2 + (level > 502 ? 1 : 0), 0);
}

/** Levels in the middle of a bar. */
export function readBar(result: Result, bar: number): Levels {
  return levelsAt(result, { x: (bar + 0.5) * BAR_WIDTH, y: BARS_HEIGHT / 2 });
}

/** Where a place of the stored picture is when it has been turned upright, in shares of the whole. */
const turns = {
  0: (x: number, y: number) => [x, y],
  90: (x: number, y: number) => [1 - y, x],
  180: (x: number, y: number) => [1 - x, 1 - y],
  270: (x: number, y: number) => [y, 1 - x],
} as const;

/** Means of some samples around a place of the stored picture. */
function levelsAt({ codes, width, height, rotation }: Result, place: { x: number; y: number }): Levels {
  const [x = 0, y = 0] = turns[rotation](place.x / SIZE.width, place.y / SIZE.height);
  const half = width / 2;
  const mean = (start: number, across: number): number => {
    let sum = 0;
    for (let dy = -2; dy < 2; dy++)
      for (let dx = -1; dx < 1; dx++)
        sum += codes[start + (Math.round(y * height) + dy) * across + Math.round(x * across) + dx] ?? 0;
    return sum / 8;
  };
  return { y: mean(0, width), u: mean(width * height, half), v: mean(width * height + half * height, half) };
}
