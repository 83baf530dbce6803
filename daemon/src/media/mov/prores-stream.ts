/** One ProRes frame as the byte runs in which it arrived: ready for a gathering write, nothing copied. */
export interface ProresFrame {
  readonly sizeBytes: number;
  readonly parts: readonly Uint8Array[];
}

export interface SplitLimits {
  /** Largest frame accepted, in bytes: bounds what is held in memory while a frame is incomplete. */
  maxFrameBytes: number;
}

/** Size and 'icpf' (SMPTE RDD 36, 5.1): what every frame starts with. */
const PREFIX_BYTES = 8;
/** Prefix, the shortest frame header (20 bytes) and picture header (8 bytes): nothing shorter is a frame. */
const MIN_FRAME_BYTES = 36;

/**
 * Cuts a plain concatenation of ProRes frames (what `-f rawvideo` writes) at the frame borders.
 * Throws a plain Error that names the reason when the stream is not that.
 */
export class ProresSplitter {
  readonly #maxFrameBytes: number;
  #parts: Uint8Array[] = [];
  #held = 0;
  /** Size of the frame under way; 0 while its prefix is incomplete. */
  #expected = 0;
  #frames = 0;

  constructor(limits: SplitLimits) {
    this.#maxFrameBytes = limits.maxFrameBytes;
  }

  /** Takes the next bytes of the stream and returns the frames that they complete. Keeps references to `chunk`. */
  push(chunk: Uint8Array): ProresFrame[] {
    const frames: ProresFrame[] = [];
    let rest = chunk;
    while (rest.byteLength > 0) {
      const wanted = (this.#expected || PREFIX_BYTES) - this.#held;
      const part = rest.subarray(0, wanted);
      rest = rest.subarray(part.byteLength);
      this.#parts.push(part);
      this.#held += part.byteLength;
      if (this.#expected === 0 && this.#held === PREFIX_BYTES) this.#readPrefix();
      else if (this.#held === this.#expected) frames.push(this.#takeFrame());
    }
    return frames;
  }

  /** To be called at the end of the stream. Throws when it ended inside a frame. */
  end(): void {
    if (this.#held > 0) {
      throw new Error(
        `the stream ended inside frame ${this.#frames} (${this.#held} of ${this.#expected || '?'} bytes)`,
      );
    }
  }

  #readPrefix(): void {
    const prefix = Buffer.concat(this.#parts);
    const size = prefix.readUInt32BE(0);
    if (prefix.toString('latin1', 4) !== 'icpf') throw new Error(`frame ${this.#frames} does not start with 'icpf'`);
    if (size < MIN_FRAME_BYTES || size > this.#maxFrameBytes) {
      throw new Error(
        `frame ${this.#frames} claims ${size} bytes (${MIN_FRAME_BYTES} to ${this.#maxFrameBytes} allowed)`,
      );
    }
    this.#expected = size;
  }

  #takeFrame(): ProresFrame {
    const frame = { sizeBytes: this.#expected, parts: joined(this.#parts) };
    this.#parts = [];
    this.#held = 0;
    this.#expected = 0;
    this.#frames += 1;
    return frame;
  }
}

/** Frames of a stream, in the groups in which its chunks completed them; `break` or `return` ends the stream. */
export async function* proresFrames(
  stream: AsyncIterable<Uint8Array>,
  limits: SplitLimits,
): AsyncGenerator<readonly ProresFrame[], void, undefined> {
  const splitter = new ProresSplitter(limits);
  for await (const chunk of stream) {
    const frames = splitter.push(chunk);
    if (frames.length > 0) yield frames;
  }
  splitter.end();
}

/** Undoes the cut after the prefix where both sides are neighbours in the same buffer, to halve the parts to write. */
function joined(parts: readonly Uint8Array[]): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (last && last.buffer === part.buffer && last.byteOffset + last.byteLength === part.byteOffset) {
      out[out.length - 1] = new Uint8Array(last.buffer, last.byteOffset, last.byteLength + part.byteLength);
    } else out.push(part);
  }
  return out;
}
