import { type FrameRate, frameRate } from '@uprez/shared';
import type { FrameTimes } from './probe-rhythm.ts';
import { type ByteSource, ByteWindow } from './probe-window.ts';

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
  /** Exact rate of a file whose frames all last equally long. */
  exactRate: FrameRate | null;
  frames: FrameTimes | null;
}

interface Box {
  type: string;
  /** First byte of the content, and the first one behind it. */
  start: number;
  end: number;
}

type Boxes = ReadonlyMap<string, Box>;

interface File extends ByteSource {
  window: ByteWindow;
}

/** More atoms side by side than a day in one-second fragments has. */
const MAX_BOXES = 300_000;
/** Bytes of a sample description before its extensions: header, reserved, index, fields of video. */
const VIDEO_ENTRY_BYTES = 86;
/** Two hours at 25 frames a second; a longer clip is known by its first two hours. */
const MAX_FRAMES = 180_000;
const MAX_DURATIONS = 65_536;

/** Reads the atoms' headers and the table of durations: a few thousand bytes of any file. */
export async function inspectBmff(source: ByteSource): Promise<BmffFacts> {
  const file = { ...source, window: new ByteWindow(source) };
  const top = await boxes(file, { start: 0, end: file.sizeBytes });
  const nothing = { samples: null, firstSample: null, sampleAspect: null, exactRate: null, frames: null };
  const facts: BmffFacts = { damage: damageOf(top, file), ...nothing };
  const moov = top.find((box) => box.type === 'moov');
  const track = facts.damage === null && moov ? await videoTrack(file, moov) : undefined;
  if (!track) return facts;
  const fragmented = top.some((box) => box.type === 'moof');
  return {
    ...facts,
    samples: fragmented ? null : await sampleCount(file, track.tables),
    firstSample: await firstSample(file, track.tables),
    sampleAspect: await sampleAspect(file, track.tables),
    ...(fragmented ? {} : await durations(file, track)),
  };
}

function damageOf(top: readonly Box[], { sizeBytes }: File): string | null {
  const cut = top.find((box) => box.end > sizeBytes);
  if (cut) return `it should have at least ${cut.end} bytes and has ${sizeBytes}`;
  return top.some((box) => box.type === 'moov') ? null : 'its index (moov) is missing';
}

/** Atoms between two offsets. Ends quietly where the bytes are no atom: some programs leave padding behind. */
async function boxes(file: File, range: { start: number; end: number }): Promise<Box[]> {
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

async function children(file: File, parent: Box | undefined): Promise<Boxes> {
  const found = parent ? await boxes(file, parent) : [];
  return new Map(found.toReversed().map((box) => [box.type, box]));
}

interface VideoTrack {
  /** Units a second. */
  timescale: number;
  /** Content of the sample table, 'stbl'. */
  tables: Boxes;
}

/** The first track whose handler is 'vide'. */
async function videoTrack(file: File, moov: Box): Promise<VideoTrack | undefined> {
  for (const track of await boxes(file, moov)) {
    const media = await children(file, track.type === 'trak' ? (await children(file, track)).get('mdia') : undefined);
    const [handler, header] = [media.get('hdlr'), media.get('mdhd')];
    if (!handler || !header) continue;
    const kind = (await file.window.read(handler.start + 8, 4)).toString('latin1');
    if (kind !== 'vide') continue;
    const tables = await children(file, (await children(file, media.get('minf'))).get('stbl'));
    const wide = (await file.window.read(header.start, 1))[0] === 1;
    return { tables, timescale: await numberAt(file, header.start + (wide ? 20 : 12)) };
  }
  return undefined;
}

async function sampleCount(file: File, tables: Boxes): Promise<number | null> {
  const sizes = tables.get('stsz') ?? tables.get('stz2');
  return sizes ? numberAt(file, sizes.start + 8) : null;
}

async function firstSample(file: File, tables: Boxes): Promise<number | null> {
  const [short, wide] = [tables.get('stco'), tables.get('co64')];
  const table = short ?? wide;
  if (!table || (await numberAt(file, table.start + 4)) === 0) return null;
  if (short) return numberAt(file, short.start + 8);
  return (await numberAt(file, table.start + 8)) * 2 ** 32 + (await numberAt(file, table.start + 12));
}

async function sampleAspect(file: File, tables: Boxes): Promise<{ num: number; den: number } | null> {
  const descriptions = tables.get('stsd');
  if (!descriptions) return null;
  const entry = descriptions.start + 8;
  const end = Math.min(entry + (await numberAt(file, entry)), descriptions.end);
  const pasp = (await boxes(file, { start: entry + VIDEO_ENTRY_BYTES, end })).find((box) => box.type === 'pasp');
  if (!pasp) return null;
  const { num, den } = { num: await numberAt(file, pasp.start), den: await numberAt(file, pasp.start + 4) };
  return num > 0 && den > 0 ? frameRate(num, den) : null;
}

/** The table 'stts': runs of frames that last equally long. The last frame's duration says nothing about the rhythm. */
async function durations(file: File, { tables, timescale }: VideoTrack): Promise<Partial<BmffFacts>> {
  const table = tables.get('stts');
  const count = table ? Math.min(await numberAt(file, table.start + 4), MAX_DURATIONS) : 0;
  if (!table || count === 0 || timescale === 0) return {};
  const entries = await file.window.read(table.start + 8, count * 8);
  const times = startTimes(entries, timescale);
  const equal = count === 1 || (count === 2 && entries.readUInt32BE(8) === 1);
  const duration = entries.readUInt32BE(4);
  const exactRate = equal && duration > 0 && duration <= timescale ? frameRate(timescale, duration) : null;
  return { frames: { times: Float64Array.from(times), complete: times.length < MAX_FRAMES }, exactRate };
}

function startTimes(entries: Buffer, timescale: number): number[] {
  const times: number[] = [];
  let now = 0;
  for (let at = 0; at + 8 <= entries.length; at += 8) {
    const run = Math.min(entries.readUInt32BE(at), MAX_FRAMES - times.length);
    const duration = entries.readUInt32BE(at + 4);
    for (let i = 0; i < run; i++) times.push((now + i * duration) / timescale);
    now += run * duration;
  }
  return times;
}

async function numberAt(file: File, at: number): Promise<number> {
  const bytes = await file.window.read(at, 4);
  return bytes.length === 4 ? bytes.readUInt32BE(0) : 0;
}
