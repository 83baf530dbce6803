import type { PairMeasure, Segment } from '../backends/backend.ts';
import type { MovWriter } from '../media/mov/mov-writer.ts';
import type { ProresFrame } from '../media/mov/prores-stream.ts';
import { SampleTable } from '../media/mov/sample-table.ts';
import type { FrameFacts } from './frame-facts.ts';
import { type Layout, segmentOf } from './segments.ts';
import type { Sound } from './sound.ts';

/** Encoded bytes that may wait for the disk before the encoder has to wait too. */
const MOST_UNWRITTEN = 32 * 1024 * 1024;

/**
 * Appends frames to the partial file, each segment's sound before its picture. A segment is synced to the disk and put on
 * record before the next one begins, so that a kill at any moment costs one segment at most.
 */
export class SegmentWriter {
  private readonly mov: MovWriter;
  private readonly layout: Layout;
  private readonly sounds: readonly Sound[];
  private readonly facts: FrameFacts;
  private readonly measure: (segment: number) => Promise<PairMeasure | null>;
  private readonly record: (segment: Segment) => Promise<void>;
  private readonly pending = new Set<Promise<void>>();
  private unwritten = 0;
  private next: number;
  private offset: number;
  private sizes = new SampleTable();

  constructor(
    mov: MovWriter,
    options: {
      layout: Layout;
      from: number;
      sounds: readonly Sound[];
      facts: FrameFacts;
      /** Asked once for each segment. */
      measure: (segment: number) => Promise<PairMeasure | null>;
      /** Resolves when no kill can take it back. */
      record: (segment: Segment) => Promise<void>;
    },
  ) {
    this.mov = mov;
    this.layout = options.layout;
    this.sounds = options.sounds;
    this.facts = options.facts;
    this.measure = options.measure;
    this.record = options.record;
    this.next = options.from;
    this.offset = mov.end;
  }

  /** Frames written so far, those of earlier runs included. */
  get framesWritten(): number {
    return this.next;
  }

  async append(frames: readonly ProresFrame[]): Promise<void> {
    for (const frame of frames) {
      const segment = segmentOf(this.next, this.layout);
      if (this.next === segment.first) await this.begin(segment);
      this.write(frame);
      this.next += 1;
      if (this.next === segment.end) await this.complete(segment);
    }
    while (this.unwritten > MOST_UNWRITTEN) await Promise.race(this.pending);
  }

  /** Waits until everything is on the disk. */
  async flush(): Promise<void> {
    await Promise.all(this.pending);
  }

  private async begin(segment: { first: number; end: number }): Promise<void> {
    this.sizes = new SampleTable();
    for (const sound of this.sounds) {
      const chunk = await sound.read(segment.first, segment.end);
      if (chunk.byteLength > 0)
        this.track(
          chunk.byteLength,
          this.mov.appendAudio(chunk).then(() => undefined),
        );
    }
  }

  private write(frame: ProresFrame): void {
    const sizes = this.sizes;
    this.track(
      frame.sizeBytes,
      this.mov.appendFrames([frame]).then((spans) => sizes.add(...spans)),
    );
  }

  private async complete({ index, first: firstFrame }: { index: number; first: number }): Promise<void> {
    // A failed write surfaces here, too.
    const [end, quality] = await Promise.all([this.mov.sync(), this.measure(index)]);
    const { sizes, offsets } = this.sizes;
    const frames = [...sizes].map((sizeBytes, i) => {
      const number = firstFrame + i;
      return { number, sizeBytes, offset: offsets[i] ?? 0, inferenceMs: this.facts.inferenceMs(number) };
    });
    const sourceDigest = this.facts.sourceDigest(index);
    await this.record({ index, firstFrame, frames, offset: this.offset, end, sourceDigest, quality });
    this.offset = end;
  }

  private track(bytes: number, written: Promise<void>): void {
    this.unwritten += bytes;
    const settled = written.then(() => {
      this.unwritten -= bytes;
      this.pending.delete(settled);
    });
    settled.catch(() => undefined);
    this.pending.add(settled);
  }
}
