import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../sync-folder.ts';
import { type Bytes, ascii, atom, byteLength, bytes, u32, u64 } from './atoms.ts';
import { movieAtom } from './moov.ts';
import type { ProresFrame } from './prores-stream.ts';
import type { Span } from './sample-table.ts';
import { type MovTables, checkTables } from './tables.ts';

const FILE_TYPE = bytes(...atom('ftyp', ascii('qt  '), u32(0x200), ascii('qt  ')));
/** 'wide' keeps eight bytes free, so that the header of 'mdat' can grow to 64 bits in place (QTFF, Movie Data Atoms). */
const WIDE = bytes(...atom('wide'));
/** Size 0: to the end of the file. True while the file grows. */
const OPEN_MDAT = bytes(u32(0), ascii('mdat'));
const HEADER = bytes(FILE_TYPE, WIDE, OPEN_MDAT);
const U32_MAX = 0xffff_ffff;

/** Where the first sample goes, in bytes from the start of the file. */
export const MOV_SAMPLES_START = HEADER.byteLength;

/**
 * One growing QuickTime file: samples first, the movie atom at the end. Until `finish` it can be cut at any offset that
 * was returned and continued from there with `openMov`. Calls are carried out in the order in which they are made; after
 * one of them failed, all later ones fail with the same error.
 */
export class MovWriter {
  readonly #file: FileHandle;
  readonly #path: string;
  #end: number;
  #tail: Promise<unknown> = Promise.resolve();

  /** Use `createMov` or `openMov`. */
  constructor(file: FileHandle, path: string, end: number) {
    this.#file = file;
    this.#path = path;
    this.#end = end;
  }

  /** Offset behind the last byte written so far. */
  get end(): number {
    return this.#end;
  }

  async appendFrame(frame: Uint8Array): Promise<Span> {
    const [span] = await this.appendFrames([{ sizeBytes: frame.byteLength, parts: [frame] }]);
    return span!;
  }

  /** Writes frames back to back with one gathering write. The buffers must stay as they are until it resolves. */
  appendFrames(frames: readonly ProresFrame[]): Promise<readonly Span[]> {
    return this.#inOrder(async () => {
      let offset = await this.#write(frames.flatMap((frame) => frame.parts));
      return frames.map(({ sizeBytes }) => {
        const span = { offset, sizeBytes };
        offset += sizeBytes;
        return span;
      });
    });
  }

  /** Writes a run of whole PCM samples of one track. */
  appendAudio(chunk: Uint8Array): Promise<Span> {
    return this.#inOrder(async () => ({ offset: await this.#write([chunk]), sizeBytes: chunk.byteLength }));
  }

  /** Forces what was appended onto the disk; returns the offset up to which that holds. */
  sync(): Promise<number> {
    return this.#inOrder(async () => {
      await this.#file.datasync();
      return this.#end;
    });
  }

  /**
   * Writes the movie atom and closes the file; everything is on the disk when it resolves. A crash on the way leaves a
   * file that `openMov` continues. Throws a plain Error when the tables do not fit the file.
   */
  finish(tables: MovTables): Promise<void> {
    return this.#inOrder(async () => {
      checkTables(tables, { start: MOV_SAMPLES_START, end: this.#end });
      const timecode = tables.timecode ? await this.#writeTimecode(tables.timecode.startFrame) : null;
      const samplesEnd = this.#end;
      await this.#write(movieAtom(tables, timecode));
      await this.#file.datasync();
      await writeAll(this.#file, [closedHeader(samplesEnd)], FILE_TYPE.byteLength);
      await this.#file.sync();
      await this.#file.close();
      await syncFolder(dirname(this.#path));
    });
  }

  /** Closes the file as it is, to be continued or deleted. */
  async close(): Promise<void> {
    await this.#tail.catch(() => undefined);
    await this.#file.close();
  }

  async #writeTimecode(startFrame: number): Promise<Span> {
    return { offset: await this.#write([u32(startFrame)]), sizeBytes: 4 };
  }

  async #write(parts: Bytes): Promise<number> {
    const offset = this.#end;
    await writeAll(this.#file, parts, offset);
    this.#end = offset + byteLength(parts);
    return offset;
  }

  #inOrder<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(step);
    this.#tail = result;
    return result;
  }
}

export interface CreateOptions {
  /** Delete a file that is already there (never written through: it may be a link). Default: refuse with EEXIST. */
  replace?: boolean;
}

/** Starts a new file. Throws the file system's own errors. */
export async function createMov(path: string, options: CreateOptions = {}): Promise<MovWriter> {
  if (options.replace) await rm(path, { force: true });
  const file = await open(path, 'wx');
  return orClose(file, async () => {
    await writeAll(file, [HEADER], 0);
    await file.sync();
    await syncFolder(dirname(path));
    return new MovWriter(file, path, MOV_SAMPLES_START);
  });
}

/**
 * Continues a file at `end`, an offset that `sync` returned; what lies behind is cut off. Throws a plain Error when the
 * file is shorter than that or was not made by `createMov`.
 */
export async function openMov(path: string, at: { end: number }): Promise<MovWriter> {
  const file = await open(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  return orClose(file, async () => {
    const { size } = await file.stat();
    if (at.end < MOV_SAMPLES_START || size < at.end) throw new Error(`the file has ${size} bytes, not ${at.end}`);
    const type = Buffer.alloc(FILE_TYPE.byteLength);
    await file.read(type, 0, type.byteLength, 0);
    if (!type.equals(FILE_TYPE)) throw new Error('the file was not started by this program');
    await file.truncate(at.end);
    await writeAll(file, [WIDE, OPEN_MDAT], FILE_TYPE.byteLength); // undoes a `finish` that did not end
    await file.datasync();
    return new MovWriter(file, path, at.end);
  });
}

/** The 16 bytes after the file type, once the size of 'mdat' is known. */
function closedHeader(samplesEnd: number): Uint8Array {
  const short = samplesEnd - FILE_TYPE.byteLength - WIDE.byteLength;
  if (short <= U32_MAX) return bytes(WIDE, u32(short), ascii('mdat'));
  return bytes(u32(1), ascii('mdat'), u64(short + WIDE.byteLength));
}

/** A gathering write at a position, repeated while the system takes only a part (a nearly full disk does that). */
async function writeAll(file: FileHandle, parts: Bytes, position: number): Promise<void> {
  let rest = parts.filter((part) => part.byteLength > 0);
  let offset = position;
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest, offset);
    if (bytesWritten === 0) throw new Error('the file system took no bytes');
    offset += bytesWritten;
    rest = after(rest, bytesWritten);
  }
}

function after(parts: Bytes, count: number): Uint8Array[] {
  let skip = count;
  return parts.flatMap((part) => {
    const cut = Math.min(skip, part.byteLength);
    skip -= cut;
    return cut === part.byteLength ? [] : [part.subarray(cut)];
  });
}

async function orClose<T>(file: FileHandle, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    await file.close();
    throw error;
  }
}
