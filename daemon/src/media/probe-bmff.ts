import type { FileHandle } from 'node:fs/promises';

/** What MediaInfo does not say about QuickTime and ISO base media files. */
export interface BmffFacts {
  /** Why the file is not whole; null when it is. */
  damage: string | null;
  /** Frames in the sample table; null for fragmented files, which have none. */
  samples: number | null;
  /** Offset of the first video sample. */
  firstSample: number | null;
  /** The 'pasp' atom, exactly. */
  sampleAspect: { num: number; den: number } | null;
}

interface Box {
  type: string;
  /** First byte of the content, and the first one behind it. */
  start: number;
  end: number;
}

interface Source {
  handle: FileHandle;
  sizeBytes: number;
}

/** More atoms side by side than a day in one-second fragments has. */
const MAX_BOXES = 300_000;
/** Atoms may be announced for more than the file holds only by this much padding. */
const HEADER_BYTES = 16;
/** Bytes of a sample description before its extensions: header, reserved, index, fields of video. */
const VIDEO_ENTRY_BYTES = 86;

/** Reads the atoms' headers, not the tables: a few hundred bytes of any file. */
export async function inspectBmff(source: Source): Promise<BmffFacts> {
  const top = await boxes(source, 0, source.sizeBytes);
  const moov = top.find((box) => box.type === 'moov');
  const facts: BmffFacts = { damage: damageOf(top, source), samples: null, firstSample: null, sampleAspect: null };
  if (facts.damage !== null || !moov) return facts;
  const tables = await videoTables(source, moov);
  if (!tables) return facts;
  const fragmented = top.some((box) => box.type === 'moof');
  return { ...facts, ...(await readTables(source, tables)), ...(fragmented ? { samples: null } : {}) };
}

function damageOf(top: readonly Box[], { sizeBytes }: Source): string | null {
  const cut = top.find((box) => box.end > sizeBytes);
  if (cut) return `it should have at least ${cut.end} bytes and has ${sizeBytes}`;
  return top.some((box) => box.type === 'moov') ? null : 'its index (moov) is missing';
}

/** Atoms between two offsets. Ends quietly where the bytes are no atom: some programs leave padding behind. */
async function boxes(source: Source, from: number, end: number): Promise<Box[]> {
  const found: Box[] = [];
  for (let at = from; at + 8 <= end && found.length < MAX_BOXES;) {
    const head = await read(source, at, HEADER_BYTES);
    const box = parseBox(head, at, end);
    if (!box) break;
    found.push(box);
    at = box.end;
  }
  return found;
}

function parseBox(head: Buffer, at: number, end: number): Box | undefined {
  const type = head.toString('latin1', 4, 8);
  if (head.length < 8 || !/^[\x20-\x7e\xa9]{4}$/.test(type)) return undefined;
  const short = head.readUInt32BE(0);
  if (short === 0) return { type, start: at + 8, end };
  if (short !== 1) return short < 8 ? undefined : { type, start: at + 8, end: at + short };
  const long = head.length < 16 ? 0 : Number(head.readBigUInt64BE(8));
  return long < 16 ? undefined : { type, start: at + 16, end: at + long };
}

/** The sample table ('stbl') of the first track whose handler is 'vide'. */
async function videoTables(source: Source, moov: Box): Promise<Box[] | undefined> {
  for (const track of await boxes(source, moov.start, moov.end)) {
    if (track.type !== 'trak') continue;
    const media = await child(source, track, 'mdia');
    const handler = media && (await child(source, media, 'hdlr'));
    const kind = handler && (await read(source, handler.start + 8, 4)).toString('latin1');
    if (kind !== 'vide') continue;
    const minf = await child(source, media!, 'minf');
    const stbl = minf && (await child(source, minf, 'stbl'));
    return stbl && (await boxes(source, stbl.start, stbl.end));
  }
  return undefined;
}

async function child(source: Source, parent: Box, type: string): Promise<Box | undefined> {
  return (await boxes(source, parent.start, parent.end)).find((box) => box.type === type);
}

async function readTables(source: Source, tables: readonly Box[]): Promise<Partial<BmffFacts>> {
  const named = (type: string): Box | undefined => tables.find((box) => box.type === type);
  const [sizes, offsets, wide, descriptions] = [named('stsz'), named('stco'), named('co64'), named('stsd')];
  const samples = sizes ? (await read(source, sizes.start, 12)).readUInt32BE(8) : null;
  const first = offsets ?? wide;
  const entry = first ? await read(source, first.start, 16) : Buffer.alloc(0);
  const hasOffset = entry.length === 16 && entry.readUInt32BE(4) > 0;
  const offset = wide && !offsets ? () => Number(entry.readBigUInt64BE(8)) : () => entry.readUInt32BE(8);
  return {
    samples,
    firstSample: hasOffset ? offset() : null,
    sampleAspect: descriptions ? await sampleAspect(source, descriptions) : null,
  };
}

async function sampleAspect(source: Source, descriptions: Box): Promise<{ num: number; den: number } | null> {
  const entry = descriptions.start + 8;
  const end = entry + (await read(source, entry, 4)).readUInt32BE(0);
  const extensions = await boxes(source, entry + VIDEO_ENTRY_BYTES, Math.min(end, descriptions.end));
  const pasp = extensions.find((box) => box.type === 'pasp');
  if (!pasp) return null;
  const bytes = await read(source, pasp.start, 8);
  const [num, den] = [bytes.readUInt32BE(0), bytes.readUInt32BE(4)];
  return num > 0 && den > 0 ? { num, den } : null;
}

async function read({ handle }: Source, at: number, count: number): Promise<Buffer> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(count), 0, count, at);
  return buffer.subarray(0, bytesRead);
}
