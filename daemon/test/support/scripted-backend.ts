import type { AppError, BackendId, Estimate, Media, Model, Task } from '@uprez/shared';
import type { Backend, DiscardedJob, Outcome, RunningJob } from '../../src/backends/backend.ts';
import { estimate, output } from './tasks.ts';

/** One call of `run`, which goes on until the test ends it. */
export interface Run {
  readonly job: RunningJob;
  finish(outcome?: Outcome): void;
  fail(error: unknown): void;
}

export interface ScriptedOptions {
  id?: BackendId;
  slots?: number;
  /** Runs without the test's hand; it finishes at once where this is `'finish'`. */
  runs?: 'by-hand' | 'finish';
  estimate?: (task: Task, media: Media) => Promise<Estimate>;
  discard?: (job: DiscardedJob) => Promise<void>;
  /** What keeps jobs from going on; nothing unless said. */
  obstacle?: () => AppError | undefined;
  /** Goes on as if nothing happened when it is aborted. */
  deaf?: boolean;
}

/** A backend whose runs the test ends by hand, so that every moment of a job can be held still. */
export class ScriptedBackend implements Backend {
  readonly id: BackendId;
  readonly slots: number;
  /** Ids of jobs in the order in which they were run and discarded. */
  readonly ran: string[] = [];
  readonly discarded: string[] = [];
  private readonly options: ScriptedOptions;
  private readonly runs: Run[] = [];
  private readonly waiting: ((run: Run) => void)[] = [];

  constructor(options: ScriptedOptions = {}) {
    this.id = options.id ?? 'local';
    this.slots = options.slots ?? 1;
    this.options = options;
  }

  /** The next run that has not been handed out yet, now or when it starts. */
  nextRun(): Promise<Run> {
    const run = this.runs.shift();
    return run ? Promise.resolve(run) : new Promise((resolve) => this.waiting.push(resolve));
  }

  async models(): Promise<Model[]> {
    const facts = { name: 'Fast', purpose: 'tests', scales: [2 as const], licence: 'MIT', origin: 'the test' };
    return [{ id: 'fast', backend: this.id, ...facts, ready: true, downloadBytes: null, removable: false }];
  }

  estimate(task: Task, media: Media): Promise<Estimate> {
    return this.options.estimate?.(task, media) ?? Promise.resolve(estimate);
  }

  run(job: RunningJob): Promise<Outcome> {
    this.ran.push(job.id);
    if (this.options.runs === 'finish') return Promise.resolve({ kind: 'finished', output });
    return new Promise((resolve, reject) => {
      const run: Run = { job, finish: (outcome = { kind: 'finished', output }) => resolve(outcome), fail: reject };
      if (!this.options.deaf) job.signal.addEventListener('abort', () => reject(job.signal.reason as Error));
      const next = this.waiting.shift();
      if (next) next(run);
      else this.runs.push(run);
    });
  }

  obstacle(): Promise<AppError | undefined> {
    return Promise.resolve(this.options.obstacle?.());
  }

  async discard(job: DiscardedJob): Promise<void> {
    await this.options.discard?.(job);
    this.discarded.push(job.id);
    job.journal.clear();
  }
}
