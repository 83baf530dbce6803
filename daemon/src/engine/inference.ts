import { InferenceThread, type ThreadSetup } from './inference-thread.ts';
import { enlarged, planesLayout } from './planes.ts';

export interface InferenceSetup extends Omit<ThreadSetup, 'threads'> {
  /** Cores to keep busy. */
  threads: number;
}

/** A finished frame. Call `release` when its planes have been written: the buffer is then used again. */
export interface Doubled {
  index: number;
  planes: Uint8Array;
  milliseconds: number;
  release(): void;
}

/** Feature maps that are alive at a time: what a convolution reads, writes and adds. */
const LIVE_MAPS = 3;
const CHANNELS = 32;
/** What all threads together may take for feature maps, in bytes. */
const MEMORY = 1.2e9;
/** More frames at once than this gain little and cost memory. */
const MOST_AT_ONCE = 4;

/**
 * How many frames are worked on at once. A core to itself gets through a frame with a quarter less work than two that
 * wait for each other in every layer, so as many as there are cores, as far as memory allows.
 */
export function framesAtOnce({ format, scale, threads }: Pick<InferenceSetup, 'format' | 'scale' | 'threads'>): number {
  const cells = (format.width * format.height * (scale / 2) ** 2) / 4;
  const bytes = cells * CHANNELS * LIVE_MAPS * 4;
  return Math.max(1, Math.min(MOST_AT_ONCE, threads, Math.floor(MEMORY / bytes)));
}

/** The engine's side of inference: hands frames to the threads and keeps the buffers. */
export class Inference {
  /** Bytes of a source frame. */
  readonly frameBytes: number;
  /** Frames worked on at once. */
  readonly lanes: number;
  private readonly resultBytes: number;
  private readonly threads: InferenceThread[];
  private readonly freeFrames: ArrayBuffer[] = [];
  private readonly freeResults: ArrayBuffer[] = [];

  constructor(setup: InferenceSetup, script: URL) {
    this.frameBytes = planesLayout(setup.format).byteLength;
    this.resultBytes = planesLayout(enlarged(setup.format, setup.scale)).byteLength;
    this.lanes = framesAtOnce(setup);
    const threads = Math.floor(setup.threads / this.lanes);
    this.threads = Array.from({ length: this.lanes }, () => new InferenceThread({ ...setup, threads }, script));
  }

  /** An unused buffer for a source frame. */
  frame(): ArrayBuffer {
    return this.freeFrames.pop() ?? new ArrayBuffer(this.frameBytes);
  }

  /** Takes ownership of `frame`. Rejects with `local.inference-failed`. */
  async double(index: number, frame: ArrayBuffer): Promise<Doubled> {
    const result = this.freeResults.pop() ?? new ArrayBuffer(this.resultBytes);
    const thread = this.threads.reduce((best, other) => (other.load < best.load ? other : best));
    const done = await thread.double({ index, frame, result });
    this.keep(this.freeFrames, done.frame);
    const release = (): void => this.keep(this.freeResults, done.result);
    return { index, planes: new Uint8Array(done.result), milliseconds: done.milliseconds, release };
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.close()));
  }

  /** More buffers than the pipeline has under way would only take memory. */
  private keep(buffers: ArrayBuffer[], buffer: ArrayBuffer): void {
    if (buffers.length < this.lanes + 2) buffers.push(buffer);
  }
}
