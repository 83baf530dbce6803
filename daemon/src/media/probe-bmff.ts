import { type FrameRate, frameRate } from '@uprez/shared';
import type { FrameTimes } from './probe-rhythm.ts';
import {
  type AtomFile as File,
  atomFile,
  type AtomTrack,
  type Box,
  type Boxes,
  boxes,
  description,
  numberAt,
  tracks,
} from './atom-reader.ts';
import type { ByteSource } from './probe-window.ts';

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
  /** From the beginning of an edit list to the first frame that begins within it. */
  leadSeconds: number;
}

/** Two hours at 25 frames a second; a longer clip is known by its first two hours. */
const MAX_FRAMES = 180_000;
const MAX_DURATIONS = 65_536;
const MAX_EDITS = 1000;

/** Reads the atoms' headers and the table of durations: a few thousand bytes of any file. */
export async function inspectBmff(source: ByteSource): Promise<BmffFacts> {
  const file = atomFile(source);
  const top = await boxes(file, { start: 0, end: file.sizeBytes });
  const nothing = {
    samples: null,
    firstSample: null,
    sampleAspect: null,
    exactRate: null,
    frames: null,
    leadSeconds: 0,
  };
  const facts: BmffFacts = { damage: damageOf(top, file), ...nothing };
  const moov = top.find((box) => box.type === 'moov');
  const all = facts.damage === null && moov ? await tracks(file, moov) : [];
  const track = all.find(({ kind }) => kind === 'vide');
  if (!track) return facts;
  const fragmented = top.some((box) => box.type === 'moof');
  return {
    ...facts,
    samples: fragmented ? null : await sampleCount(file, track.tables),
    firstSample: await firstSample(file, track.tables),
    sampleAspect: await sampleAspect(file, track.tables),
    leadSeconds: fragmented ? 0 : await editLead(file, track),
    ...(fragmented ? {} : await durations(file, track)),
  };
}

function damageOf(top: readonly Box[], { sizeBytes }: File): string | null {
  const cut = top.find((box) => box.end > sizeBytes);
  if (cut) return `it should have at least ${cut.end} bytes and has ${sizeBytes}`;
  return top.some((box) => box.type === 'moov') ? null : 'its index (moov) is missing';
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
  const pasp = (await description(file, tables)).get('pasp');
  if (!pasp) return null;
  const { num, den } = { num: await numberAt(file, pasp.start), den: await numberAt(file, pasp.start + 4) };
  return num > 0 && den > 0 ? frameRate(num, den) : null;
}

/** The table 'stts': runs of frames that last equally long. The last frame's duration says nothing about the rhythm. */
async function durations(file: File, { tables, timescale }: AtomTrack): Promise<Partial<BmffFacts>> {
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

/** Media time at which the first edit begins that shows anything; 0 without an edit list (QTFF, Edit List Atoms). */
async function editStart(file: File, { edits }: AtomTrack): Promise<number> {
  if (!edits) return 0;
  const wide = (await file.window.read(edits.start, 1))[0] === 1;
  const [entryBytes, timeAt] = wide ? [20, 8] : [12, 4];
  const count = Math.min(await numberAt(file, edits.start + 4), MAX_EDITS);
  for (let i = 0; i < count; i++) {
    const at = edits.start + 8 + i * entryBytes + timeAt;
    const bytes = await file.window.read(at, wide ? 8 : 4);
    if (bytes.length < (wide ? 8 : 4)) return 0;
    const time = wide ? Number(bytes.readBigInt64BE(0)) : bytes.readInt32BE(0);
    if (time >= 0) return time; // -1: nothing is shown
  }
  return 0;
}

/** Only the beginning of the tables matters: the edit is looked for among the frames that it can begin with. */
async function editLead(file: File, track: AtomTrack): Promise<number> {
  const start = await editStart(file, track);
  if (start === 0 || track.timescale === 0) return 0;
  const times = await presentationTimes(file, track.tables);
  const first = times.reduce((least, time) => (time >= start && time < least ? time : least), Number.POSITIVE_INFINITY);
  return Number.isFinite(first) ? (first - start) / track.timescale : 0;
}

/** Presentation times in media time: decoding times by 'stts', moved by 'ctts'. */
async function presentationTimes(file: File, tables: Boxes): Promise<number[]> {
  const [durations, offsets] = [await runs(file, tables.get('stts')), await runs(file, tables.get('ctts'))];
  const times: number[] = [];
  let now = 0;
  for (const { count, value } of durations)
    for (let i = 0; i < count && times.length < MAX_FRAMES; i++) {
      times.push(now);
      now += value;
    }
  let frame = 0;
  for (const { count, value } of offsets)
    for (let i = 0; i < count && frame < times.length; i++) {
      times[frame] = times[frame]! + (value | 0); // signed in files of version 1, and small in those of version 0
      frame += 1;
    }
  return times;
}

/** A table of runs: how many frames, and the value of each. */
async function runs(file: File, table: Box | undefined): Promise<{ count: number; value: number }[]> {
  if (!table) return [];
  const entries = Math.min(await numberAt(file, table.start + 4), MAX_DURATIONS);
  const bytes = await file.window.read(table.start + 8, entries * 8);
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, i) => {
    return { count: bytes.readUInt32BE(i * 8), value: bytes.readUInt32BE(i * 8 + 4) };
  });
}
