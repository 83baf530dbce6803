import { AppError, type Scale } from '@uprez/shared';
import { Worker } from 'node:worker_threads';
import type { EngineModel } from '../models/engine-model.ts';
import type { PlanesFormat } from '../models/planes-graph.ts';

export interface ThreadSetup {
  format: PlanesFormat;
  scale: Scale;
  model: EngineModel;
  /** Threads that onnxruntime uses within this one. */
  threads: number;
}

export interface ToThread {
  index: number;
  frame: ArrayBuffer;
  result: ArrayBuffer;
}

export type FromThread =
  | { type: 'doubled'; index: number; frame: ArrayBuffer; result: ArrayBuffer; milliseconds: number }
  | { type: 'failed'; why: string };

export type DoubledBuffers = Extract<FromThread, { type: 'doubled' }>;

interface Waiting {
  index: number;
  resolve: (buffers: DoubledBuffers) => void;
  reject: (error: Error) => void;
}

/** The engine's side of one inference thread, which doubles the frames it is given in their order. */
export class InferenceThread {
  private readonly worker: Worker;
  private readonly waiting: Waiting[] = [];
  private failure: AppError | undefined;

  constructor(setup: ThreadSetup, script: URL) {
    this.worker = new Worker(script, { workerData: setup });
    this.worker.on('message', (message: FromThread) => this.receive(message));
    this.worker.on('error', (cause) => this.fail(String(cause)));
    this.worker.on('exit', () => this.fail('the inference thread ended'));
  }

  /** Frames that it has not given back yet. */
  get load(): number {
    return this.waiting.length;
  }

  /** Takes ownership of both buffers and gives them back. Rejects with `local.inference-failed`. */
  double(message: ToThread): Promise<DoubledBuffers> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiting.push({ index: message.index, resolve, reject });
      this.worker.postMessage(message, [message.frame, message.result]);
    });
  }

  async close(): Promise<void> {
    this.worker.removeAllListeners('exit');
    await this.worker.terminate();
  }

  private receive(message: FromThread): void {
    if (message.type === 'failed') return this.fail(message.why);
    this.waiting.shift()?.resolve(message);
  }

  private fail(why: string): void {
    this.failure ??= new AppError('local.inference-failed', { frame: this.waiting[0]?.index ?? 0, why });
    for (const { reject } of this.waiting.splice(0)) reject(this.failure);
  }
}
