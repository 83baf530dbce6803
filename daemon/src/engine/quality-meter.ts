import { Worker } from 'node:worker_threads';
import type { Scale } from '@uprez/shared';
import type { PairMeasure } from '../backends/backend.ts';
import type { Line } from '../looks/grade.ts';
import { qualityGraph } from '../models/quality-graph.ts';
import type { PlanesFormat } from '../models/planes-format.ts';
import { planesLayout } from './planes.ts';
import { type Layout, segmentOf } from './segments.ts';

export interface QualitySetup {
  format: PlanesFormat;
  scale: Scale;
  /** What the result's look does to luma. */
  look: Line;
}

/** What the thread that measures gets. */
export interface QualityWork extends Pick<QualitySetup, 'format' | 'scale'> {
  /** An ONNX file that measures a pair. */
  graph: Uint8Array;
}

/** Luma planes of two neighbouring frames, source and result. */
export interface PairPlanes {
  a: ArrayBuffer;
  b: ArrayBuffer;
  A: ArrayBuffer;
  B: ArrayBuffer;
}

/** A pair takes about 25 ms of a core at 1920x1080, and two segments at least 4 s: well below a hundredth. */
const SEGMENTS_PER_PAIR = 2;

/**
 * First frame of the pair that is measured in a segment, or null: every other segment has one, unless it has one frame
 * only. Depends on the segment alone, so a resumed job measures the same pairs; and lies elsewhere in each, so that key
 * frames at even distances don't count too often or never. The job's first pair is frames 0 and 1.
 */
export function pairIn({ index, first, end }: { index: number; first: number; end: number }): number | null {
  const pairs = end - first - 1;
  const isIts = index % SEGMENTS_PER_PAIR === 0 && pairs > 0;
  return isIts ? first + ((7 * index) % pairs) : null;
}

/**
 * Measures a pair of frames now and then in a thread of its own. Keeps copies of those luma planes only: the frames
 * themselves go on at once. A measurement that fails is missing from the job's numbers and harms nothing else.
 */
export class QualityMeter {
  private readonly layout: Layout;
  private readonly bytes: { source: number; result: number };
  private readonly worker: Worker;
  private readonly planes = new Map<string, ArrayBuffer>();
  private readonly measures = new Map<number, Promise<PairMeasure | null>>();
  private readonly waiting: ((measure: PairMeasure | null) => void)[] = [];
  private failed = false;

  constructor(setup: QualitySetup, layout: Layout, script: URL) {
    const { format, scale, look } = setup;
    this.layout = layout;
    const { y, bytesPerSample } = planesLayout(format);
    this.bytes = { source: y.length * bytesPerSample, result: y.length * scale ** 2 * 2 };
    const work: QualityWork = { graph: qualityGraph(format, scale, look), format, scale };
    this.worker = new Worker(script, { workerData: work });
    this.worker.on('message', (measure: PairMeasure | null) => this.waiting.shift()?.(measure));
    this.worker.on('error', () => this.giveUp());
    this.worker.on('exit', () => this.giveUp());
  }

  sawSource(frame: number, data: ArrayBufferLike): void {
    if (!this.isWanted(frame)) return;
    this.planes.set(`source ${frame}`, new Uint8Array(data, 0, this.bytes.source).slice().buffer);
  }

  /** Frames come in order, each after its source. */
  sawResult(frame: number, planes: Uint8Array): void {
    if (!this.isWanted(frame)) return;
    this.planes.set(`result ${frame}`, planes.slice(0, this.bytes.result).buffer);
    const segment = segmentOf(frame, this.layout);
    if (frame - 1 === pairIn(segment)) this.measures.set(segment.index, this.measurePair(frame - 1));
  }

  /** Measure of a segment all of whose frames were seen; null where there is none. Can be asked once for each. */
  async measure(segment: number): Promise<PairMeasure | null> {
    const measure = this.measures.get(segment) ?? null;
    this.measures.delete(segment);
    return measure;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private isWanted(frame: number): boolean {
    const first = pairIn(segmentOf(frame, this.layout));
    return frame === first || frame - 1 === first;
  }

  private measurePair(first: number): Promise<PairMeasure | null> {
    const pair: PairPlanes = {
      a: this.take(`source ${first}`),
      b: this.take(`source ${first + 1}`),
      A: this.take(`result ${first}`),
      B: this.take(`result ${first + 1}`),
    };
    if (this.failed) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.worker.postMessage(pair, Object.values(pair));
    });
  }

  private take(name: string): ArrayBuffer {
    const plane = this.planes.get(name);
    if (!plane) throw new Error(`no plane of ${name}`);
    this.planes.delete(name);
    return plane;
  }

  private giveUp(): void {
    this.failed = true;
    for (const resolve of this.waiting.splice(0)) resolve(null);
  }
}
