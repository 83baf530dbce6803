import type { FileHandle } from 'node:fs/promises';

const LOOKED_INTO = ['prores', 'cfhd', 'vp8', 'vp9'];
/** How far into the pictures the first frame is looked for. */
const SEARCH_BYTES = 256 * 1024;
/** AlphaMode = 1 in a Matroska track (RFC 9559, 5.1.4.1.28.6): identifier, size, value. */
const MATROSKA_ALPHA = Buffer.from('53c08101', 'hex');
/** Byte of the ProRes frame header whose low half is the kind of alpha; 0 is none (SMPTE RDD 36, 5.3.1). */
const PRORES_ALPHA_BYTE = 25;
/** First tag of an intra sample of CineForm, and the tag of its pixel layout (SMPTE ST 2073-1). */
const CINEFORM_START = Buffer.from('00010009', 'hex');
const CINEFORM_LAYOUT = Buffer.from('0054', 'hex');

export interface PictureLayout {
  alpha: boolean;
  chroma?: '422' | 'rgb';
  bitDepth?: number;
}

/**
 * Looks into the first frame (or the track header) of the formats where MediaInfo does not tell whether there is alpha.
 * `from` is where the pictures start.
 */
export async function readLayout(
  handle: FileHandle,
  picture: { codec: string; from: number },
): Promise<PictureLayout | undefined> {
  if (!LOOKED_INTO.includes(picture.codec)) return undefined;
  const buffer = Buffer.alloc(SEARCH_BYTES);
  const { bytesRead } = await handle.read(buffer, 0, SEARCH_BYTES, picture.from);
  const bytes = buffer.subarray(0, bytesRead);
  switch (picture.codec) {
    case 'prores':
      return proresLayout(bytes);
    case 'cfhd':
      return cineformLayout(bytes);
    default:
      return { alpha: bytes.includes(MATROSKA_ALPHA) };
  }
}

function proresLayout(bytes: Buffer): PictureLayout | undefined {
  const mark = bytes.indexOf('icpf');
  const start = mark - 4; // the frame's size stands before its mark
  const kind = start < 0 ? undefined : bytes[start + PRORES_ALPHA_BYTE];
  return kind === undefined ? undefined : { alpha: (kind & 0x0f) !== 0 };
}

function cineformLayout(bytes: Buffer): PictureLayout | undefined {
  const start = bytes.indexOf(CINEFORM_START);
  const tag = start < 0 ? -1 : bytes.indexOf(CINEFORM_LAYOUT, start);
  if (tag < 0 || tag > start + 512 || tag + 4 > bytes.length) return { alpha: false, chroma: '422', bitDepth: 10 };
  const layout = bytes.readUInt16BE(tag + 2); // 1: 4:2:2, 3: RGB, 4: RGBA
  return layout < 3
    ? { alpha: false, chroma: '422', bitDepth: 10 }
    : { alpha: layout === 4, chroma: 'rgb', bitDepth: 12 };
}
