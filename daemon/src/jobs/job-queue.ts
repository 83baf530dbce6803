import { randomUUID } from 'node:crypto';
import {
  AppError,
  can,
  type Job,
  type JobAction,
  type JobReport,
  type Settings,
  type SettingsPatch,
  type StepName,
  toWire,
  type Warning,
} from '@uprez/shared';
import type { StepChanges } from '../backends/backend.ts';
import type { Clock } from '../clock.ts';
import { checkPath } from '../media/path-check.ts';
import type { PreparedJob } from '../store/jobs.ts';
import type { WorkerUse } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Feed } from './feed.ts';
import { afterAction, type Details } from './job-change.ts';

export interface QueueParts {
  store: Store;
  feed: Feed;
  clock: Clock;
}

/**
 * The only writer of job state. Every method is synchronous: it checks the transition table, writes in one transaction
 * and then tells the feed, so two callers can never interleave.
 */
export class JobQueue {
  private readonly store: Store;
  private readonly feed: Feed;
  private readonly clock: Clock;

  constructor({ store, feed, clock }: QueueParts) {
    this.store = store;
    this.feed = feed;
    this.clock = clock;
  }

  list(): Job[] {
    return this.store.jobs.all();
  }

  /** Throws `job.not-found`. */
  get(id: string): Job {
    const job = this.store.jobs.byId(id);
    if (!job) throw new AppError('job.not-found', { id });
    return job;
  }

  /** The job that an earlier sending of the same request made. */
  byRequest(requestId: string | null): Job | undefined {
    const id = requestId === null ? undefined : this.store.jobs.idOfRequest(requestId);
    return id === undefined ? undefined : this.get(id);
  }

  /** Queues all of them or none. Throws `request.duplicate`. */
  add(prepared: readonly PreparedJob[]): Job[] {
    const fresh = new Set<string>();
    const ids = this.store.transaction(() =>
      prepared.map((job) => {
        const known = this.byRequest(job.requestId);
        if (known) return known.id;
        this.refuseDuplicate(job.fingerprint);
        const id = randomUUID();
        this.store.jobs.insert(id, job, this.clock.now());
        fresh.add(id);
        return id;
      }),
    );
    for (const id of fresh) this.tell(id);
    return ids.map((id) => this.get(id));
  }

  /** Starts the first queued job of a backend, leaving out those that are still busy. */
  claim(backend: string, busy: (id: string) => boolean): Job | undefined {
    const id = this.store.jobs.queued(backend).find((candidate) => !busy(candidate));
    return id === undefined ? undefined : this.apply(id, 'start');
  }

  /** Takes an action. Throws `job.not-found`, `job.illegal-action`. */
  apply(id: string, action: JobAction, details: Details = {}): Job {
    this.store.transaction(() => {
      const job = this.get(id);
      const at = this.clock.now();
      const changed = afterAction(job, action, { at, details });
      if (!changed) throw illegal(job, action);
      if (action === 'retry') this.prepareRetry(job);
      if (details.error) this.writeError(job, details.error);
      this.store.jobs.save(changed);
      if (job.state === 'running' || job.state === 'cancelling') this.stopSteps(changed, at);
    });
    return this.tell(id);
  }

  /** Asking again for what is under way or done already changes nothing. */
  cancel(id: string): Job {
    const job = this.get(id);
    return job.state === 'cancelling' || job.state === 'cancelled' ? job : this.apply(id, 'cancel');
  }

  /** Notes that the host has taken the result; noting it again changes nothing. */
  deliver(id: string): Job {
    const job = this.get(id);
    if (job.state !== 'succeeded' || job.delivery === 'none')
      throw new AppError('job.illegal-action', { id, state: job.state, action: 'deliver' });
    if (job.delivery === 'delivered') return job;
    this.store.transaction(() => this.store.jobs.save({ ...job, delivery: 'delivered' }));
    return this.tell(id);
  }

  /** Moves a queued job before another one; to the front where that runs already, to the end where there is none. */
  move(id: string, before: string | null): Job {
    const job = this.get(id);
    if (job.state !== 'queued') throw illegal(job, 'move');
    const queued = this.list().filter(({ state }) => state === 'queued');
    const others = queued.filter((other) => other.id !== id).map((other) => other.id);
    const index = before === null ? others.length : Math.max(0, others.indexOf(before));
    const order = others.toSpliced(index, 0, id);
    const positions = queued.map(({ position }) => position);
    this.store.transaction(() => this.store.jobs.reorder(order, positions));
    for (const moved of order) this.tell(moved);
    return this.get(id);
  }

  /** Throws unless the job has ended. */
  checkRemovable(id: string): Job {
    const job = this.get(id);
    if (!can(job.state, 'remove')) throw illegal(job, 'remove');
    return job;
  }

  /** Takes an ended job off the list; its result stays. */
  remove(id: string): void {
    this.checkRemovable(id);
    this.store.jobs.remove(id);
    this.feed.tell({ type: 'job-removed', id });
  }

  /** Records what happened to steps of a running job, all in one write. */
  recordSteps(id: string, changes: StepChanges): void {
    this.store.transaction(() => {
      const { attempts } = this.get(id);
      for (const [name, change] of Object.entries(changes))
        this.store.steps.update(id, name as StepName, { ...change, attempt: attempts, at: this.clock.now() });
      this.store.jobs.touch(id);
    });
    this.tell(id);
  }

  /** Notes what there is to know of a job's result. */
  recordWarning(id: string, warning: Warning): void {
    this.store.transaction(() => {
      this.store.jobs.warn(id, warning);
      this.store.jobs.touch(id);
    });
    this.tell(id);
  }

  /** Tells everybody of a job whose payments have changed. */
  touch(id: string): void {
    if (!this.store.jobs.byId(id)) return;
    this.store.transaction(() => this.store.jobs.touch(id));
    this.tell(id);
  }

  recordWorker(id: string, use: Omit<WorkerUse, 'at'>): void {
    this.store.records.worker(id, { ...use, at: this.clock.now() });
  }

  /** Writes an error down without ending the job. */
  recordError(id: string, error: AppError): void {
    this.store.transaction(() => this.writeError(this.get(id), error));
  }

  /** Counts a crash of a running job; returns how many there were in a row without progress. */
  recordCrash(id: string): number {
    return this.store.jobs.crashed(id);
  }

  report(id: string): JobReport {
    const job = this.get(id);
    const { segments, frames, bytes, largest } = this.store.checkpoints.totals(id);
    const total = largest === 0 ? 0 : Math.max(segments, Math.ceil(job.estimate.frames / largest));
    return {
      job,
      segments: { done: segments, total, frames, bytes },
      errors: this.store.records.errors(id),
      peakMemory: this.store.records.peaks(id),
      accelerators: this.store.records.accelerators(id),
    };
  }

  settings(): Settings {
    return this.store.settings.read();
  }

  changeSettings(patch: SettingsPatch): Settings {
    if (patch.outputFolder) checkPath(patch.outputFolder);
    const settings = this.store.settings.change(patch);
    this.feed.tell({ type: 'settings', settings });
    return settings;
  }

  private tell(id: string): Job {
    const job = this.get(id);
    this.feed.tell({ type: 'job', job });
    return job;
  }

  private refuseDuplicate(fingerprint: string | undefined): void {
    const id = fingerprint === undefined ? undefined : this.store.jobs.onItsWay(fingerprint);
    if (id !== undefined) throw new AppError('request.duplicate', { id });
  }

  private prepareRetry(job: Job): void {
    this.refuseDuplicate(this.store.jobs.fingerprint(job.id));
    this.store.jobs.calm(job.id);
    if (job.state === 'cancelled') this.store.steps.reset(job.id);
  }

  private stopSteps(job: Job, at: number): void {
    if (job.state === 'failed') this.store.steps.stop(job.id, 'failed', at);
    if (job.state === 'queued' || job.state === 'cancelled') this.store.steps.stop(job.id, 'pending', at);
  }

  private writeError(job: Job, error: AppError): void {
    const frame = error.data['frame'];
    this.store.records.addError(job.id, {
      at: this.clock.now(),
      attempt: job.attempts,
      step: this.store.steps.running(job.id) ?? null,
      frame: typeof frame === 'number' && Number.isInteger(frame) && frame >= 0 ? frame : null,
      error: toWire(error),
    });
  }
}

function illegal(job: Job, action: JobAction | 'move'): AppError {
  return new AppError('job.illegal-action', { id: job.id, state: job.state, action });
}
