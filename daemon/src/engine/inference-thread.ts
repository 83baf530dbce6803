import { AppError, type Way } from '@uprez/shared';
import { Worker } from 'node:worker_threads';
import type { PassPlan } from './pass-plan.ts';

export interface ThreadSetup {
  way: Way;
  /** Threads that onnxruntime uses within this one. */
  threads: number;
}

/** Memory that both sides see: handing buffers over and back has V8 collect garbage for a tenth of a job's time. */
export interface FrameBuffers {
  frame: SharedArrayBuffer;
  result: SharedArrayBuffer;
}

export type ToThread =
  /** Comes first, once. */
  | { type: 'open'; passes: readonly PassPlan[] }
  | ({ type: 'double' } & FrameBuffers)
  /** Finish what is under way, then end. */
  | { type: 'retire' };

/** What went wrong: opening the session, a run, a run for want of memory, or the numbers that came out. */
export type FailureKind = 'open' | 'run' | 'memory' | 'numbers';

export type FromThread = { type: 'doubled'; milliseconds: number } | { type: 'failed'; kind: FailureKind; why: string };

interface Waiting {
  index: number;
  resolve: (reply: FromThread) => void;
  reject: (error: Error) => void;
}

/** The engine's side of one inference thread, which doubles the frames it is given in their order. */
export class InferenceThread {
  private readonly worker: Worker;
  private readonly waiting: Waiting[] = [];
  private readonly opened: Promise<void>;
  private failure: AppError | undefined;

  /** The thread starts while its passes are still being made up. */
  constructor(setup: ThreadSetup, passes: Promise<readonly PassPlan[]>, script: URL) {
    this.worker = new Worker(script, { workerData: setup });
    this.opened = passes.then((plans) => this.post({ type: 'open', passes: plans }));
    // What can't be made up is reported with the first frame; until then nobody listens.
    this.opened.catch(() => undefined);
    this.worker.on('message', (message: FromThread) => this.settle(message));
    this.worker.on('error', (cause) => this.fail(String(cause)));
    this.worker.on('exit', () => this.fail('the inference thread ended'));
  }

  /** Frames that it has not given back yet. */
  get load(): number {
    return this.waiting.length;
  }

  /** Both buffers are the thread's until this settles. Rejects with `local.inference-failed` when the thread is gone. */
  double(index: number, { frame, result }: FrameBuffers): Promise<FromThread> {
    if (this.failure) return Promise.reject(this.failure);
    const post = (): void => this.post({ type: 'double', frame, result });
    const giveUp = (error: unknown): void => {
      const why = error instanceof Error ? error.message : String(error);
      this.settle({ type: 'failed', kind: 'open', why });
    };
    return new Promise((resolve, reject) => {
      this.waiting.push({ index, resolve, reject });
      this.opened.then(post, giveUp);
    });
  }

  /** Lets it finish and end; resolves when its memory is free. onnxruntime aborts the process when torn down in a run. */
  async retire(): Promise<void> {
    const ended = new Promise((resolve) => this.worker.once('exit', resolve));
    await this.opened.catch(() => undefined);
    if (this.failure) return;
    this.post({ type: 'retire' });
    await ended;
  }

  /** Answers come in the order of the questions. */
  private settle(reply: FromThread): void {
    this.waiting.shift()?.resolve(reply);
  }

  private post(message: ToThread): void {
    this.worker.postMessage(message);
  }

  private fail(why: string): void {
    this.failure ??= new AppError('local.inference-failed', { frame: this.waiting[0]?.index ?? 0, why });
    for (const { reject } of this.waiting.splice(0)) reject(this.failure);
  }
}
