import type { ColorCodes } from './tables.ts';

/** What a ProRes frame says of itself (SMPTE RDD 36, 5.3). */
export interface FrameHeader {
  width: number;
  height: number;
  chroma: '422' | '444';
  /** 0: a whole picture; 1: two fields, the upper one first; 2: the lower one first. */
  interlace: number;
  color: ColorCodes;
  alpha: boolean;
}

/** Of a frame: its size and mark, and its header up to the kind of alpha. */
export const FRAME_HEADER_BYTES = 26;

/** Undefined where the bytes are no frame. */
export function parseFrameHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length < FRAME_HEADER_BYTES || bytes.toString('latin1', 4, 8) !== 'icpf') return undefined;
  const flags = bytes.readUInt8(20);
  return {
    width: bytes.readUInt16BE(16),
    height: bytes.readUInt16BE(18),
    chroma: flags >> 6 === 3 ? '444' : '422',
    interlace: (flags >> 2) & 3,
    color: { primaries: bytes.readUInt8(22), transfer: bytes.readUInt8(23), matrix: bytes.readUInt8(24) },
    alpha: (bytes.readUInt8(25) & 0x0f) !== 0,
  };
}
