import { AppError } from '@uprez/shared';
import { Worker } from 'node:worker_threads';
import type { PlanesFormat } from '../models/planes-graph.ts';
import { doubled, planesLayout } from './planes.ts';

export interface WorkerSetup {
  format: PlanesFormat;
  doublings: 1 | 2;
  modelFile: string | null;
  threads: number;
}

export interface ToWorker {
  index: number;
  frame: ArrayBuffer;
  result: ArrayBuffer;
}

export type FromWorker =
  | { type: 'doubled'; index: number; frame: ArrayBuffer; result: ArrayBuffer; milliseconds: number }
  | { type: 'failed'; why: string };

/** A finished frame. Call `release` when its planes have been written: the buffer is then used again. */
export interface Doubled {
  index: number;
  planes: Uint8Array;
  milliseconds: number;
  release(): void;
}

/** Result buffers to use again; more than the pipeline has under way would only take memory. */
const RESULTS_KEPT = 4;

interface Waiting {
  index: number;
  resolve: (frame: Doubled) => void;
  reject: (error: Error) => void;
}

/** The engine's side of the inference thread: hands frames over and gets them back in order. */
export class Inference {
  /** Bytes of a source frame. */
  readonly frameBytes: number;
  /** Bytes of a result. */
  readonly resultBytes: number;
  private readonly worker: Worker;
  private readonly waiting: Waiting[] = [];
  private readonly freeFrames: ArrayBuffer[] = [];
  private readonly freeResults: ArrayBuffer[] = [];
  private failure: AppError | undefined;

  constructor(setup: WorkerSetup, script: URL) {
    this.frameBytes = planesLayout(setup.format).byteLength;
    const result = setup.doublings === 1 ? doubled(setup.format) : doubled(doubled(setup.format));
    this.resultBytes = planesLayout(result).byteLength;
    this.worker = new Worker(script, { workerData: setup });
    this.worker.on('message', (message: FromWorker) => this.receive(message));
    this.worker.on('error', (cause) => this.fail(String(cause)));
    this.worker.on('exit', () => this.fail('the inference thread ended'));
  }

  /** An unused buffer for a source frame. */
  frame(): ArrayBuffer {
    return this.freeFrames.pop() ?? new ArrayBuffer(this.frameBytes);
  }

  /** Takes ownership of `frame`. Rejects with `local.inference-failed`. */
  double(index: number, frame: ArrayBuffer): Promise<Doubled> {
    if (this.failure) return Promise.reject(this.failure);
    const result = this.freeResults.pop() ?? new ArrayBuffer(this.resultBytes);
    return new Promise((resolve, reject) => {
      this.waiting.push({ index, resolve, reject });
      this.worker.postMessage({ index, frame, result } satisfies ToWorker, [frame, result]);
    });
  }

  async close(): Promise<void> {
    this.worker.removeAllListeners('exit');
    await this.worker.terminate();
  }

  private receive(message: FromWorker): void {
    if (message.type === 'failed') return this.fail(message.why);
    const { index, frame, result, milliseconds } = message;
    this.freeFrames.push(frame);
    const release = (): void => {
      if (this.freeResults.length < RESULTS_KEPT) this.freeResults.push(result);
    };
    this.waiting.shift()?.resolve({ index, planes: new Uint8Array(result), milliseconds, release });
  }

  private fail(why: string): void {
    this.failure ??= new AppError('local.inference-failed', { frame: this.waiting[0]?.index ?? 0, why });
    for (const { reject } of this.waiting.splice(0)) reject(this.failure);
  }
}
