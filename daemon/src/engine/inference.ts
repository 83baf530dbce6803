import { AppError, plainWay, type Precision, sameWay, type Scale, type Way } from '@uprez/shared';
import type { EngineModel } from '../models/engine-model.ts';
import { type FrameGraphs, openGraphs } from '../models/frame-graphs.ts';
import type { PlanesFormat } from '../models/planes-format.ts';
import type { Treatment } from '../models/treatment.ts';
import { type Attempt, nextAttempt } from './attempts.ts';
import { type FailureKind, type FrameBuffers, type FromThread, InferenceThread } from './inference-thread.ts';
import { type PassPlan, planPasses } from './pass-plan.ts';
import { enlarged, planesLayout } from './planes.ts';
import { crewFor } from './providers.ts';

export interface InferenceSetup {
  format: PlanesFormat;
  scale: Scale;
  treatment: Treatment;
  model: EngineModel;
  /** The first is used, the others one after the other when it fails. */
  ways: readonly Way[];
  /** Luma samples that a run of the first way may take, where an earlier run found that out. */
  mostSamples: number | null;
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

/** Told when a way is left, or its tiles made smaller: what is used from now on, and why. */
export type Changed = (now: Attempt, why: string) => void;

/** What the runs on all sessions together may take, in bytes. */
const MEMORY = 2e9;

/** The engine's side of inference: hands frames to the threads, keeps the buffers, and changes ways when one fails. */
export class Inference {
  /** Bytes of a source frame. */
  readonly frameBytes: number;
  /** Bytes of a result. */
  readonly resultBytes: number;
  /** Frames worked on at once. */
  readonly lanes: number;
  private readonly setup: InferenceSetup;
  private readonly script: URL;
  private readonly changed: Changed;
  /** Those of the first way; others have their passes in common with it. */
  private readonly graphs: FrameGraphs;
  private readonly opened = new Map<Precision, Promise<FrameGraphs>>();
  private attempt: Attempt;
  private threads: InferenceThread[];
  private readonly retired: Promise<void>[] = [];
  private readonly freeFrames: SharedArrayBuffer[] = [];
  private readonly freeResults: SharedArrayBuffer[] = [];

  private constructor(setup: InferenceSetup, parts: { script: URL; changed: Changed; graphs: FrameGraphs; way: Way }) {
    const { format, scale, ways, threads } = setup;
    this.setup = setup;
    this.script = parts.script;
    this.changed = parts.changed;
    this.graphs = parts.graphs;
    this.opened.set(parts.way.precision, Promise.resolve(parts.graphs));
    this.frameBytes = planesLayout(format).byteLength;
    this.resultBytes = planesLayout(enlarged(format, scale)).byteLength;
    this.lanes = Math.max(...ways.map((way) => crewFor(way, threads).frames));
    const { way } = parts;
    this.attempt = { way, most: setup.mostSamples ?? this.samplesFor(way), halvings: 0 };
    this.threads = this.startThreads();
  }

  /** Rejects where the model can't be read. Ways that don't work show with the first frame. */
  static async open(setup: InferenceSetup, script: URL, changed: Changed = () => undefined): Promise<Inference> {
    const [way] = setup.ways;
    if (!way) throw new Error('no way to run the model');
    const graphs = await openGraphs(setup.model, { ...setup, precision: way.precision });
    return new Inference(setup, { script, changed, graphs, way });
  }

  /** The way in use. */
  get way(): Way {
    return this.attempt.way;
  }

  /** An unused buffer for a source frame. */
  frame(): SharedArrayBuffer {
    return this.freeFrames.pop() ?? new SharedArrayBuffer(this.frameBytes);
  }

  /** Takes ownership of `frame`. Rejects with `local.inference-failed` when every way has failed. */
  async double(index: number, frame: SharedArrayBuffer): Promise<Doubled> {
    const buffers = { frame, result: this.freeResults.pop() ?? new SharedArrayBuffer(this.resultBytes) };
    for (;;) {
      const { attempt } = this;
      const thread = this.threads.reduce((best, other) => (other.load < best.load ? other : best));
      const reply: FromThread = await thread.double(index, buffers);
      if (reply.type === 'doubled') return this.finished(index, { ...buffers, ...reply });
      this.change(attempt, { ...reply, index });
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.retired, ...this.threads.map((thread) => thread.retire())]);
  }

  private finished(index: number, done: FrameBuffers & { milliseconds: number }): Doubled {
    const { frame, result, milliseconds } = done;
    this.keep(this.freeFrames, frame);
    return { index, milliseconds, planes: new Uint8Array(result), release: () => this.keep(this.freeResults, result) };
  }

  /** Goes on in another way, unless another frame's failure has seen to that. Throws `local.inference-failed`. */
  private change(failed: Attempt, { kind, why, index }: { kind: FailureKind; why: string; index: number }): void {
    if (failed !== this.attempt) return;
    const { ways, format } = this.setup;
    // What the last pass gets, which is the largest.
    const factor = this.graphs.passes.slice(0, -1).reduce<number>((product, pass) => product * pass, 1);
    const whole = format.width * format.height * factor ** 2;
    const next = nextAttempt(failed, kind, { ways, whole, fresh: (way) => this.samplesFor(way) });
    if (!next) throw new AppError('local.inference-failed', { frame: index, why });
    for (const thread of this.threads) this.retired.push(thread.retire());
    this.attempt = next;
    this.threads = this.startThreads();
    this.changed(next, why);
  }

  private startThreads(): InferenceThread[] {
    const { way } = this.attempt;
    const crew = crewFor(way, this.setup.threads);
    const setup = { way, threads: crew.threadsEach };
    const passes = this.planned(this.attempt);
    return Array.from({ length: crew.sessions }, () => new InferenceThread(setup, passes, this.script));
  }

  private async planned({ way, most }: Attempt): Promise<PassPlan[]> {
    const graphs = await this.graphsIn(way.precision);
    const plain = sameWay(way, plainWay) ? null : await this.graphsIn(plainWay.precision);
    return planPasses(graphs, this.setup.format, { most, plain });
  }

  private graphsIn(precision: Precision): Promise<FrameGraphs> {
    const known = this.opened.get(precision) ?? openGraphs(this.setup.model, { ...this.setup, precision });
    this.opened.set(precision, known);
    return known;
  }

  private samplesFor(way: Way): number {
    return Math.floor(MEMORY / crewFor(way, this.setup.threads).sessions / this.graphs.bytesPerSample);
  }

  /** More buffers than the pipeline has under way would only take memory. */
  private keep(buffers: SharedArrayBuffer[], buffer: SharedArrayBuffer): void {
    if (buffers.length < this.lanes + 2) buffers.push(buffer);
  }
}
