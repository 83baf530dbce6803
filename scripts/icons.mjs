// Draws the panel's icons into plugin/panel/icons: a small frame that grows into a large one, for dark and light themes.
import { deflateSync } from 'node:zlib';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

const folder = join(root, 'plugin/panel/icons');
const icons = [
  { name: 'panel-dark', size: 23, ink: [208, 208, 208], ground: null },
  { name: 'panel-light', size: 23, ink: [70, 70, 70], ground: null },
  { name: 'plugin', size: 48, ink: [255, 255, 255], ground: [38, 96, 164] },
];

/** Colour and opacity at a place of the unit square. */
function drawing(x, y, { ink, ground }) {
  const inside = ([left, top, right, bottom]) => x >= left && x < right && y >= top && y < bottom;
  const large = inside([0.14, 0.2, 0.9, 0.8]) && !inside([0.22, 0.28, 0.82, 0.72]) && !inside([0.1, 0.44, 0.5, 0.84]);
  const small = inside([0.14, 0.54, 0.42, 0.8]);
  if (large || small) return [...ink, 255];
  return ground ? [...ground, 255] : [0, 0, 0, 0];
}

/** Averages 8 x 8 places a pixel. */
function pixel([column, row], icon, size) {
  const sum = [0, 0, 0, 0];
  for (let i = 0; i < 64; i++) {
    const [x, y] = [column + ((i % 8) + 0.5) / 8, row + (Math.floor(i / 8) + 0.5) / 8];
    const [r, g, b, a] = drawing(x / size, y / size, icon);
    for (const [channel, value] of [r * a, g * a, b * a, a].entries()) sum[channel] += value;
  }
  const [r, g, b, a] = sum;
  return a === 0 ? [0, 0, 0, 0] : [r / a, g / a, b / a, a / 64].map(Math.round);
}

/** PNG (RFC 2083), 8-bit RGBA, no filter. */
function png(size, icon) {
  const steps = Array.from({ length: size }, (_, step) => step);
  const rows = steps.map((row) => [0, ...steps.flatMap((column) => pixel([column, row], icon, size))]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const pixels = deflateSync(Buffer.from(rows.flat()), { level: 9 });
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type, content) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** CRC-32 of PNG's annex D; Node 20.19 may not have its own. */
function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

mkdirSync(folder, { recursive: true });
for (const icon of icons)
  for (const [suffix, scale] of [
    ['', 1],
    ['@2x', 2],
  ])
    writeFileSync(join(folder, `${icon.name}${suffix}.png`), png(icon.size * scale, icon));
