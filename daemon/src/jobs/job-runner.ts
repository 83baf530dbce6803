import { AppError, type CancelCost, type Job } from '@uprez/shared';
import type { Backend } from '../backends/backend.ts';
import type { Clock } from '../clock.ts';
import { discard, discardAndSettle, execute } from './execution.ts';
import type { Change, Feed } from './feed.ts';
import { type ContextParts, discardedJob } from './job-context.ts';

/** A backend that has not ended its work by then is left behind; the next start clears up. */
const STOP_LIMIT_MS = 15_000;
/** Wait before a job whose end could not be written down (a full disk) is looked at again. */
const REPAIR_MS = 10_000;

export interface RunnerParts extends ContextParts {
  feed: Feed;
  clock: Clock;
  backends: readonly Backend[];
  /** Starts nothing; cancelled and removed jobs are cleared up all the same. */
  idle: boolean;
}

interface Run {
  backend: string;
  abort: AbortController;
  done: Promise<void>;
}

/**
 * Starts queued jobs, in each backend's lane as many at once as it has slots, and ends those that are cancelled, paused
 * or shut down. It reacts to the feed and owns no state of jobs.
 */
export class JobRunner {
  private readonly parts: RunnerParts;
  private readonly runs = new Map<string, Run>();
  private readonly clearing = new Map<string, Promise<void>>();
  private readonly unsubscribe: () => void;
  private stopping = false;

  constructor(parts: RunnerParts) {
    this.parts = parts;
    this.unsubscribe = parts.feed.subscribe((change) => this.react(change));
    for (const job of parts.queue.list()) if (job.state === 'cancelling') this.finishCancelling(job);
    this.fill();
    if (!parts.idle) for (const backend of parts.backends) void this.reconcile(backend);
  }

  /** What cancelling a job now would cost; nothing where its backend costs nothing. */
  async cancelCost(id: string): Promise<CancelCost> {
    const job = this.parts.queue.get(id);
    const cost = await this.backendOf(job)?.cancelCost?.(discardedJob(job, this.parts));
    return cost ?? { charged: 0, refunded: 0 };
  }

  /** Takes an ended job off the list, with whatever an unfinished one left on disk. */
  async remove(id: string): Promise<void> {
    const { queue } = this.parts;
    const job = queue.checkRemovable(id);
    // Nothing of a succeeded or cancelled job is left over but its result.
    if (job.state === 'failed') await this.whileClearing(id, () => this.discard(job));
    queue.remove(id);
  }

  /** Interrupts what runs and waits for it; the jobs are queued again for the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stopping = true;
    this.interruptAll();
    await Promise.race([
      this.settled(),
      new Promise<void>((resolve) => this.parts.clock.after(STOP_LIMIT_MS, resolve)),
    ]);
    this.unsubscribe();
  }

  private react(change: Change): void {
    try {
      this.follow(change);
    } catch (error) {
      // The others who listen to the same change are not to suffer from it.
      this.parts.log.error({ err: error }, 'queue could not go on');
    }
  }

  private follow(change: Change): void {
    if (change.type === 'settings') return change.settings.paused ? this.interruptAll() : this.fill();
    if (change.type !== 'job') return;
    if (change.job.state === 'queued') this.fill();
    if (change.job.state === 'cancelling') this.finishCancelling(change.job);
  }

  /** Credits that an earlier daemon left behind at a service come home. What fails now is tried at the next start. */
  private async reconcile(backend: Backend): Promise<void> {
    const { purse, queue, log } = this.parts;
    const books = {
      hasJob: (id: string) => queue.list().some((job) => job.id === id),
      creditsOf: (id: string) => purse.ofJob(id, backend.id),
    };
    try {
      await backend.reconcile?.(purse.abandoned(backend.id), books);
    } catch (error) {
      log.warn({ backend: backend.id, err: error }, 'requests without a job could not be ended');
    }
  }

  /** A job that can't be claimed because the list can't be written (a full disk) is claimed later. */
  private fill(): void {
    try {
      for (const backend of this.parts.backends) this.fillLane(backend);
    } catch (error) {
      this.parts.log.error({ err: error }, 'no job could be started');
      this.parts.clock.after(REPAIR_MS, () => this.fill());
    }
  }

  private fillLane(backend: Backend): void {
    const { queue } = this.parts;
    while (!this.stopping && !this.parts.idle && !queue.settings().paused && this.runningIn(backend) < backend.slots) {
      const job = queue.claim(backend.id, (id) => this.runs.has(id) || this.clearing.has(id));
      if (!job) return;
      this.start(job, backend);
    }
  }

  private start(job: Job, backend: Backend): void {
    const abort = new AbortController();
    // In the next turn, when the job is on the books: a backend may report before its first await.
    const work = Promise.resolve().then(() => execute(job, { ...this.parts, backend, signal: abort.signal }));
    const done = work
      .catch((error: unknown) => this.repairLater(job.id, error))
      .finally(() => {
        this.runs.delete(job.id);
        this.fill();
      });
    this.runs.set(job.id, { backend: backend.id, abort, done });
  }

  /** The run has ended, but its job still says otherwise: lets it go on as after a crash, as soon as that can be written. */
  private repairLater(id: string, error: unknown): void {
    const { queue, clock, log } = this.parts;
    log.error({ job: id, err: error }, 'job could not be settled');
    clock.after(REPAIR_MS, () => {
      if (this.stopping || this.runs.has(id)) return;
      try {
        const job = queue.get(id);
        if (job.state === 'running') queue.apply(id, 'interrupt');
        if (job.state === 'cancelling') this.finishCancelling(job);
      } catch (again) {
        this.repairLater(id, again);
      }
    });
  }

  private finishCancelling(job: Job): void {
    const run = this.runs.get(job.id);
    if (run) return run.abort.abort(new AppError('job.cancelled'));
    if (this.clearing.has(job.id)) return;
    this.whileClearing(job.id, () => this.discardAndSettle(job)).catch((error: unknown) =>
      this.repairLater(job.id, error),
    );
  }

  private async discardAndSettle(job: Job): Promise<void> {
    const backend = this.backendOf(job);
    if (backend) await discardAndSettle(job, { ...this.parts, backend });
    else this.parts.queue.apply(job.id, 'settle');
  }

  private async discard(job: Job): Promise<void> {
    const backend = this.backendOf(job);
    if (backend) await discard(job, { ...this.parts, backend });
  }

  /** Keeps the job from being started while its remains are removed. */
  private whileClearing(id: string, work: () => Promise<void>): Promise<void> {
    const done = work().finally(() => {
      this.clearing.delete(id);
      this.fill();
    });
    this.clearing.set(id, done);
    return done;
  }

  private interruptAll(): void {
    for (const run of this.runs.values()) run.abort.abort(new AppError('daemon.stopping'));
  }

  private async settled(): Promise<void> {
    await Promise.allSettled([...[...this.runs.values()].map((run) => run.done), ...this.clearing.values()]);
  }

  private runningIn(backend: Backend): number {
    return [...this.runs.values()].filter((run) => run.backend === backend.id).length;
  }

  private backendOf(job: Job): Backend | undefined {
    return this.parts.backends.find((backend) => backend.id === job.task.backend);
  }
}
