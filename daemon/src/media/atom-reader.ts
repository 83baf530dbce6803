import { type ByteSource, ByteWindow } from './probe-window.ts';

/** An atom of a QuickTime or ISO base media file. */
export interface Box {
  type: string;
  /** First byte of the content, and the first one behind it. */
  start: number;
  end: number;
}

export type Boxes = ReadonlyMap<string, Box>;

export interface AtomFile extends ByteSource {
  window: ByteWindow;
}

export interface AtomTrack {
  /** Of the handler: vide, soun, tmcd. */
  kind: string;
  /** Units a second. */
  timescale: number;
  /** Content of the sample table, 'stbl'. */
  tables: Boxes;
  /** The edit list, 'elst'. */
  edits: Box | undefined;
}

/** More atoms side by side than a day in one-second fragments has. */
const MAX_BOXES = 300_000;
/** Bytes of a sample description before its extensions: header, reserved, index, fields of video. */
const VIDEO_ENTRY_BYTES = 86;

export function atomFile(source: ByteSource): AtomFile {
  return { ...source, window: new ByteWindow(source) };
}

/** Atoms between two offsets. Ends quietly where the bytes are no atom: some programs leave padding behind. */
export async function boxes(file: AtomFile, range: { start: number; end: number }): Promise<Box[]> {
  const found: Box[] = [];
  for (let at = range.start; at + 8 <= range.end && found.length < MAX_BOXES;) {
    const box = parseBox(await file.window.read(at, 16), at, range.end);
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

async function children(file: AtomFile, parent: Box | undefined): Promise<Boxes> {
  const found = parent ? await boxes(file, parent) : [];
  return new Map(found.toReversed().map((box) => [box.type, box]));
}

/** All tracks of a movie atom, in their order. */
export async function tracks(file: AtomFile, moov: Box): Promise<AtomTrack[]> {
  const found: AtomTrack[] = [];
  for (const track of await boxes(file, moov)) {
    const parts = await children(file, track.type === 'trak' ? track : undefined);
    const media = await children(file, parts.get('mdia'));
    const [handler, header] = [media.get('hdlr'), media.get('mdhd')];
    if (!handler || !header) continue;
    const kind = (await file.window.read(handler.start + 8, 4)).toString('latin1');
    const tables = await children(file, (await children(file, media.get('minf'))).get('stbl'));
    const wide = (await file.window.read(header.start, 1))[0] === 1;
    const edits = (await children(file, parts.get('edts'))).get('elst');
    found.push({ kind, tables, edits, timescale: await numberAt(file, header.start + (wide ? 20 : 12)) });
  }
  return found;
}

/** The extensions of a video track's first sample description. */
export async function description(file: AtomFile, tables: Boxes): Promise<Boxes> {
  const descriptions = tables.get('stsd');
  if (!descriptions) return new Map();
  const entry = descriptions.start + 8;
  const end = Math.min(entry + (await numberAt(file, entry)), descriptions.end);
  return children(file, { type: 'entry', start: entry + VIDEO_ENTRY_BYTES, end });
}

/** A 32-bit number; 0 behind the end of the file. */
export async function numberAt(file: AtomFile, at: number): Promise<number> {
  const bytes = await file.window.read(at, 4);
  return bytes.length === 4 ? bytes.readUInt32BE(0) : 0;
}
