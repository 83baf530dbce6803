import { crc32, deflateSync } from 'node:zlib';
import type { Icons, Mood } from './messages.ts';

/**
 * How much of each pixel of a square icon is covered: `size` rows of `size` bytes. A small picture in the corner of a
 * large frame; it has grown while there is work, and a dot asks for attention. Drawn by distance, so that every size is
 * sharp.
 */
export function coverage(size: number, mood: Mood): Uint8Array {
  const pixels = new Uint8Array(size * size);
  const unit = 22 / size;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const distance = distanceTo(mood, (x + 0.5) * unit, (y + 0.5) * unit) / unit;
      pixels[y * size + x] = Math.round(255 * Math.min(1, Math.max(0, 0.5 - distance)));
    }
  return pixels;
}

/** Signed distance from the drawing on a board of 22 by 22, which is what panels usually give an icon; inside is negative. */
function distanceTo(mood: Mood, x: number, y: number): number {
  const frame = Math.abs(box({ x, y }, { left: 3, top: 4, right: 19, bottom: 18 })) - 0.8;
  const reach = mood === 'busy' ? 14 : 10.5;
  const picture = box({ x, y }, { left: 6.3, top: 21 - reach, right: reach, bottom: 14.8 });
  const drawing = Math.min(frame, picture);
  if (mood !== 'attention') return drawing;
  const dot = Math.hypot(x - 17.6, y - 5) - 4.2;
  // A gap around the dot keeps it apart from the frame.
  return Math.min(dot, Math.max(drawing, 1.4 - dot));
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Distance from a box with rounded corners. */
function box({ x, y }: { x: number; y: number }, { left, top, right, bottom }: Box): number {
  const radius = 1.2;
  const dx = Math.abs(x - (left + right) / 2) - (right - left) / 2 + radius;
  const dy = Math.abs(y - (top + bottom) / 2) - (bottom - top) / 2 + radius;
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
}

/** Grey level of the two inks. */
export const inks = { black: 0x20, white: 0xf5 } as const;
export type Ink = keyof typeof inks;

/** As StatusNotifierItem wants it: rows of A, R, G, B. */
export function argb(size: number, mood: Mood, ink: Ink): Buffer {
  const pixels = coverage(size, mood);
  const level = inks[ink];
  const bytes = Buffer.alloc(4 * pixels.length, level);
  for (const [i, alpha] of pixels.entries()) bytes[4 * i] = alpha;
  return bytes;
}

/** Grey with alpha, 8 bits each (PNG specification, colour type 4). */
export function png(size: number, mood: Mood, ink: Ink): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 4, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const rows = deflateSync(pngRows(size, coverage(size, mood), inks[ink]));
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

/** Each row begins with its filter: 0, none. */
function pngRows(size: number, pixels: Uint8Array, level: number): Buffer {
  const rows = Buffer.alloc(size * (1 + 2 * size));
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const at = y * (1 + 2 * size) + 1 + 2 * x;
      rows[at] = level;
      rows[at + 1] = pixels[y * size + x] ?? 0;
    }
  return rows;
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** The size that menu bars and task bars scale down from. */
const ICON_SIZE = 44;

/** Icons for helpers that can't draw. */
export function icons(): Icons {
  const both = (mood: Mood) => ({ black: encoded(mood, 'black'), white: encoded(mood, 'white') });
  return { idle: both('idle'), busy: both('busy'), attention: both('attention') };
}

function encoded(mood: Mood, ink: Ink): string {
  return png(ICON_SIZE, mood, ink).toString('base64');
}
