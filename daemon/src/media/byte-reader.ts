import type { Readable } from 'node:stream';

/** Reads exact amounts of bytes from a stream, which waits in between. */
export class ByteReader {
  private readonly stream: Readable;
  private ended = false;
  private wake: () => void = () => undefined;

  constructor(stream: Readable) {
    this.stream = stream;
    const end = (): void => {
      this.ended = true;
      this.wake();
    };
    // The listener stays: without one, Node lets the output of a child that exits run dry, unread bytes included.
    stream.on('readable', () => this.wake());
    stream.once('end', end).once('close', end).once('error', end);
  }

  /** Fills `target`. `complete` is false where the stream ended before; `bytes` then tells how many there were. */
  async fill(target: Uint8Array): Promise<{ complete: boolean; bytes: number }> {
    let bytes = 0;
    while (bytes < target.byteLength) {
      const chunk = this.take(target.byteLength - bytes);
      if (chunk) {
        target.set(chunk, bytes);
        bytes += chunk.byteLength;
      } else if (this.ended) {
        return { complete: false, bytes };
      } else {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    }
    return { complete: true, bytes };
  }

  private take(most: number): Buffer | null {
    // Asks for more without taking it: a plain read() may return more than is wanted.
    if (this.stream.readableLength === 0) this.stream.read(0);
    const available = Math.min(most, this.stream.readableLength);
    return available > 0 ? (this.stream.read(available) as Buffer | null) : null;
  }
}
