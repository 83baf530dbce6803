import type {
  Account,
  AppError,
  BackendId,
  CancelCost,
  Estimate,
  Media,
  Model,
  OutputFile,
  Scale,
  Stage,
  StepName,
  StepStatistics,
  Task,
  Warning,
  Way,
  WaySpeed,
} from '@uprez/shared';
import type { Logger } from '../log.ts';

/** A way to do tasks. Adding one: a folder beside `local` and a line in `real-daemon.ts`. */
export interface Backend {
  readonly id: BackendId;
  /** Jobs that may run at once. */
  readonly slots: number;
  models(): Promise<Model[]>;
  /** Throws an `input.*`, `request.*` or `model.*` error when the task can't be done at all. */
  estimate(task: Task, media: Media): Promise<Estimate>;
  /**
   * Does the task. Called again after a crash, a pause, an approval or a restart, and then continues from the journal.
   * Rejects with the signal's reason when that aborts; no child process is left when it settles.
   */
  run(job: RunningJob): Promise<Outcome>;
  /** Removes what an unfinished job left behind (partial files, cloud requests). Idempotent. */
  discard(job: DiscardedJob): Promise<void>;
  /**
   * What keeps a job that ended with `setup.disk-full` or `setup.volume-away` from going on: the same, or undefined when it
   * is over. Asked again and again.
   */
  obstacle?(job: DiscardedJob): Promise<AppError | undefined>;
  /** What cancelling the job now would cost and give back, in credits. Only for backends that cost anything. */
  cancelCost?(job: DiscardedJob): Promise<CancelCost>;
  /** Ends requests that nobody waits for any more, and notes what they have cost. Called at start. */
  reconcile?(abandoned: readonly Abandoned[], books: Books): Promise<void>;
  /** Asks the service behind the backend about the user's account. Throws where the key is missing or not accepted. */
  account?(): Promise<Account>;
}

export type Outcome = { kind: 'finished'; output: OutputFile } | { kind: 'needs-approval'; estimate: Estimate };

export interface RunningJob {
  readonly id: string;
  readonly task: Task;
  readonly media: Media;
  /** Reason: AppError `job.cancelled` or `daemon.stopping`. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly journal: Journal;
  readonly credits: Credits;
  /** Lossy; call as often as there is something to say. */
  report(progress: { stage: Stage; framesDone: number; framesTotal: number }): void;
  /** Recorded: a write to the disk, so not for every frame. */
  step(name: StepName, change: StepChange): void;
  /** Several in one write. */
  steps(changes: StepChanges): void;
  /** Something to know of the result; recorded. */
  warn(warning: Warning): void;
  /** Largest resident memory of a process of this job, in bytes; recorded. */
  memory(process: string, peakBytes: number): void;
  /** What a process of this job computes with; recorded. */
  accelerator(process: string, name: string): void;
}

export type DiscardedJob = Pick<RunningJob, 'id' | 'task' | 'media' | 'log' | 'journal' | 'credits'>;

export type StepChanges = Readonly<Partial<Record<StepName, StepChange>>>;

export interface StepChange {
  status: 'running' | 'done' | 'failed';
  /** 0 to 100. */
  progress?: number;
  statistics?: StepStatistics;
}

/** The job's money. Synchronous and durable, as the journal is. */
export interface Credits {
  /**
   * Sets the price of a request aside, before it is accepted. False where the user has to be asked first: neither agreed
   * to it nor below the ceilings of the settings. The same request again is no second payment.
   */
  reserve(request: string, price: number): boolean;
  /** Is the request in the books? */
  knows(request: string): boolean;
  /** Notes a request that was paid for before the books knew of it: whoever restored them lost what came later. */
  adopt(request: string, price: number): void;
  /** The request was not accepted after all. */
  release(request: string): void;
  /** What the request has cost in the end. */
  settle(request: string, charged: number): void;
}

/** A request that was accepted for a job that has ended or is gone. */
export interface Abandoned {
  request: string;
  settle(charged: number): void;
}

/** What a backend may ask about jobs other than the one it does. */
export interface Books {
  /** Is there a job of this id, in whatever state? */
  hasJob(id: string): boolean;
  /** The money of a job, which may be gone. */
  creditsOf(jobId: string): Credits;
}

/** What a job has durably achieved. Synchronous: when a method returns, the record survives a power cut. */
export interface Journal {
  /** Decisions that must not change between runs (output path, frame count, quantiser …); the backend's own JSON. */
  loadPlan(): unknown;
  savePlan(plan: unknown): void;
  /** The same of a job that came further, for backends without segments: its crashes so far count no more. */
  advance(plan: unknown): void;
  segments(): Segment[];
  addSegment(segment: Segment): void;
  /** Forgets plan, segments and frames. */
  clear(): void;
}

/** A run of frames that is complete in the partial file and synced to disk. */
export interface Segment {
  index: number;
  /** Output frame numbers, counted from 0 over the whole job. */
  firstFrame: number;
  frames: FrameRecord[];
  /** Where the segment's bytes lie in the partial file: from `offset` (included) to `end` (excluded). */
  offset: number;
  end: number;
  /** Digest of the last decoded source frame, by which a resumed decoder proves that it continues at the right place. */
  sourceDigest: string;
  /** What was measured on two of its frames; recorded with it, so that a resumed job neither loses nor repeats a pair. */
  quality: PairMeasure | null;
}

/** What models/quality-graph.ts says of two neighbouring frames; luma, in 10-bit codes. */
export interface PairMeasure {
  /** Mean squared error of the result, reduced to the source's size, against the source. */
  squaredError: number;
  /** Share of the picture that stands still. */
  still: number;
  /** Mean change of the result from frame to frame, counting only what stands still. */
  change: number;
  /** The same of plain interpolation. */
  reference: number;
}

export interface FrameRecord {
  number: number;
  /** Position and size of the encoded frame in the partial file. */
  offset: number;
  sizeBytes: number;
  inferenceMs: number;
}

/** Jobs whose times can be compared. */
export interface JobKind {
  /** Computer, runtime and weights, as text. */
  circumstances: string;
  way: Way;
  scale: Scale;
}

/** What a job took: for so many luma samples of the source, and besides. */
export interface JobSpeed {
  samples: number;
  processSeconds: number;
  overheadSeconds: number;
}

/** What is remembered of how fast this computer is. */
export interface SpeedBook {
  /** The fastest first. What failed long ago is forgotten. */
  trials(circumstances: string): WaySpeed[];
  tried(circumstances: string, speed: WaySpeed): void;
  /** The last few jobs of a kind. */
  jobs(kind: JobKind): JobSpeed[];
  did(kind: JobKind, speed: JobSpeed): void;
}
