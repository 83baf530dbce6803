import { open } from 'node:fs/promises';

/** Where one sample or chunk lies in a file. */
export interface Span {
  offset: number;
  sizeBytes: number;
}

/** Offsets (up to 2^53) and sizes (up to 2^32) of many samples, 12 bytes each. */
export interface Spans {
  readonly offsets: Float64Array;
  readonly sizes: Uint32Array;
}

const FIRST_CAPACITY = 1024;

/** A growing list of spans in typed arrays: an hour at 60 frames a second takes 2.6 MB. */
export class SampleTable implements Spans {
  #offsets = new Float64Array(FIRST_CAPACITY);
  #sizes = new Uint32Array(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A view of the offsets so far; later additions do not appear in it. */
  get offsets(): Float64Array {
    return this.#offsets.subarray(0, this.#length);
  }

  /** A view of the sizes so far; later additions do not appear in it. */
  get sizes(): Uint32Array {
    return this.#sizes.subarray(0, this.#length);
  }

  add(...spans: readonly Span[]): void {
    for (const span of spans) {
      if (this.#length === this.#sizes.length) this.#grow();
      this.#offsets[this.#length] = span.offset;
      this.#sizes[this.#length] = span.sizeBytes;
      this.#length += 1;
    }
  }

  #grow(): void {
    const offsets = new Float64Array(this.#length * 2);
    const sizes = new Uint32Array(this.#length * 2);
    offsets.set(this.#offsets);
    sizes.set(this.#sizes);
    this.#offsets = offsets;
    this.#sizes = sizes;
  }
}

/**
 * Finds the ProRes frames that lie back to back between two offsets, so that a resumed job gets its table from the file
 * itself. Reads eight bytes a frame. Throws a plain Error where the bytes are not whole frames.
 */
export async function scanFrames(path: string, range: { from: number; end: number }): Promise<SampleTable> {
  const file = await open(path, 'r');
  try {
    const table = new SampleTable();
    const head = Buffer.alloc(8);
    for (let offset = range.from; offset < range.end;) {
      const { bytesRead } = await file.read(head, 0, 8, offset);
      const sizeBytes = head.readUInt32BE(0);
      if (bytesRead < 8 || head.toString('latin1', 4) !== 'icpf' || sizeBytes < 8 || offset + sizeBytes > range.end) {
        throw new Error(`no whole ProRes frame at byte ${offset}`);
      }
      table.add({ offset, sizeBytes });
      offset += sizeBytes;
    }
    return table;
  } finally {
    await file.close();
  }
}
