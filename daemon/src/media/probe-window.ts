import type { FileHandle } from 'node:fs/promises';

/** A file that is read in small pieces close to each other. */
export interface ByteSource {
  handle: FileHandle;
  sizeBytes: number;
}

const WINDOW_BYTES = 32_768;

/** Reads through one buffer, so that walking over many small elements takes few system calls. */
export class ByteWindow {
  readonly #source: ByteSource;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Up to `count` bytes; fewer at the end of the file. They are valid until the next call. */
  async read(at: number, count: number): Promise<Buffer> {
    const offset = at - this.#start;
    if (offset < 0 || offset + count > this.#bytes.length) {
      const buffer = Buffer.alloc(Math.max(count, WINDOW_BYTES));
      const { bytesRead } = await this.#source.handle.read(buffer, 0, buffer.length, at);
      this.#start = at;
      this.#bytes = buffer.subarray(0, bytesRead);
      return this.#bytes.subarray(0, count);
    }
    return this.#bytes.subarray(offset, offset + count);
  }
}
