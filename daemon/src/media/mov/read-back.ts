import { open } from 'node:fs/promises';
import {
  type AtomFile,
  atomFile,
  type AtomTrack,
  type Box,
  boxes,
  description,
  numberAt,
  tracks,
} from '../atom-reader.ts';
import { FRAME_HEADER_BYTES, type FrameHeader, parseFrameHeader } from './frame-header.ts';
import type { ColorCodes } from './tables.ts';

/** What a finished file says of itself that other readers don't tell apart: container and frames, track by track. */
export interface ReadBack {
  /** Four-character code of the codec. */
  codec: string;
  /** The 'colr' atom. */
  color: ColorCodes | null;
  /** The 'fiel' atom: fields a frame, and their order. */
  fields: readonly [number, number] | null;
  firstFrame: FrameHeader;
  lastFrame: FrameHeader;
  /** Samples of each sound track, counted once for all channels. */
  soundSamples: number[];
}

/** Reads a file that was written by this program. Throws a plain Error where it is not laid out like one. */
export async function readBack(path: string): Promise<ReadBack> {
  const handle = await open(path, 'r');
  try {
    const file = atomFile({ handle, sizeBytes: (await handle.stat()).size });
    const top = await boxes(file, { start: 0, end: file.sizeBytes });
    const moov = top.find(({ type }) => type === 'moov');
    const all = moov ? await tracks(file, moov) : [];
    const video = all.find(({ kind }) => kind === 'vide');
    if (!video) throw new Error('the movie atom has no video track');
    const extensions = await description(file, video.tables);
    const [first, last] = await frameOffsets(file, video);
    return {
      codec: await codecOf(file, video),
      color: await colorAtom(file, extensions.get('colr')),
      fields: await fieldAtom(file, extensions.get('fiel')),
      firstFrame: await frameHeader(file, first),
      lastFrame: await frameHeader(file, last),
      soundSamples: await Promise.all(all.filter(({ kind }) => kind === 'soun').map((track) => samples(file, track))),
    };
  } finally {
    await handle.close();
  }
}

/** One frame a chunk: the first and the last offset of the table. */
async function frameOffsets(file: AtomFile, { tables }: AtomTrack): Promise<[number, number]> {
  const [short, wide] = [tables.get('stco'), tables.get('co64')];
  const table = short ?? wide;
  if (!table) throw new Error('the video track has no chunk offsets');
  const count = await numberAt(file, table.start + 4);
  const at = async (index: number): Promise<number> => {
    if (short) return numberAt(file, table.start + 8 + index * 4);
    const [high, low] = [
      await numberAt(file, table.start + 8 + index * 8),
      await numberAt(file, table.start + 12 + index * 8),
    ];
    return high * 2 ** 32 + low;
  };
  return [await at(0), await at(count - 1)];
}

async function codecOf(file: AtomFile, { tables }: AtomTrack): Promise<string> {
  const descriptions = tables.get('stsd');
  // Version and flags, number of entries, size of the first; then its code.
  return descriptions ? (await file.window.read(descriptions.start + 12, 4)).toString('latin1') : 'none';
}

async function samples(file: AtomFile, { tables }: AtomTrack): Promise<number> {
  const sizes = tables.get('stsz');
  return sizes ? numberAt(file, sizes.start + 8) : 0;
}

async function colorAtom(file: AtomFile, box: Box | undefined): Promise<ColorCodes | null> {
  if (!box) return null;
  const bytes = await file.window.read(box.start, 10);
  return { primaries: bytes.readUInt16BE(4), transfer: bytes.readUInt16BE(6), matrix: bytes.readUInt16BE(8) };
}

async function fieldAtom(file: AtomFile, box: Box | undefined): Promise<readonly [number, number] | null> {
  if (!box) return null;
  const bytes = await file.window.read(box.start, 2);
  return [bytes.readUInt8(0), bytes.readUInt8(1)];
}

async function frameHeader(file: AtomFile, offset: number): Promise<FrameHeader> {
  const header = parseFrameHeader(await file.window.read(offset, FRAME_HEADER_BYTES));
  if (!header) throw new Error(`there is no ProRes frame at byte ${offset}`);
  return header;
}
