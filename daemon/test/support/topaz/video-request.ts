import { stat } from 'node:fs/promises';
import type { Clock } from '../../../src/clock.ts';
import type { Account } from './account.ts';
import { enhance, type Measured, measure, type ResultChange } from './enhance.ts';
import type { UploadResults } from './fields.ts';
import { partSizes, type PartRules } from './parts.ts';
import type { Signer } from './presign.ts';
import { quoteFor } from './prices.ts';
import { outputFrames } from './settle.ts';
import { Upload } from './upload.ts';
import { refused, type Quote, type SettledOrder, type Status } from './wire.ts';

/** What happens to requests after their upload, where it is not what was ordered. Read at each tick. */
export interface Fate {
  /** Stays in that state for ever. */
  stuckAt?: Status;
  /** Fails instead of entering that state. */
  fail?: { at: Status; errorCode: string; message?: string };
  /** Status calls that say `complete` and hold no `download` yet. */
  downloadMissingPolls?: number;
  /** The result differs from the order. */
  result?: ResultChange;
}

/** What a request needs of the service around it. */
export interface Surroundings {
  clock: Clock;
  signer: Signer;
  /** Folder for this emulator's files. */
  file: (name: string) => string;
  fate: () => Fate;
  /** A tick by each status call, by the clock, or only by the test's hand. */
  pace: { by: 'polls' } | { by: 'clock'; tickMs: number } | { by: 'hand' };
  partRules: PartRules;
  uploadLinkMs: () => number;
  downloadLinkMs: () => number;
  uploadDeadlineMs: number;
}

export interface Result extends Measured {
  file: string;
  size: number;
  link: { url: string; expiresIn: number; expiresAt: number };
}

interface Failure {
  errorCode: string;
  message: string;
}

/** States between upload and result, a tick each. */
const course: readonly { status: Status; progress: number }[] = [
  { status: 'initializing', progress: 0 },
  { status: 'preprocessing', progress: 0 },
  { status: 'processing', progress: 0 },
  { status: 'processing', progress: 25 },
  { status: 'processing', progress: 50 },
  { status: 'processing', progress: 75 },
  { status: 'postprocessing', progress: 100 },
  { status: 'complete', progress: 100 },
];

/** How far what was said of a source may be from what it is; the service's own limit is not known. */
const TOLERANCE = 0.2;

/** Cancelling costs what was done so far and a tenth more. */
const CANCEL_PENALTY = 1.1;

/**
 * One order and its way through the states:
 * requested → accepted → initializing → preprocessing → processing → postprocessing → complete,
 * and from all but the last to failed, or by canceling to canceled.
 */
export class VideoRequest {
  status: Status = 'requested';
  progress = 0;
  /** When each state was entered. */
  readonly times: Partial<Record<Status, number>> = {};
  readonly quote: Quote;
  upload: Upload | undefined;
  failure: Failure | undefined;
  result: Result | undefined;
  mediaDeleted = false;
  /** What analysis found; before it, what was said. */
  measured: Measured | undefined;
  private position = -1;
  private completePolls = 0;
  private queuedAt = 0;
  private reported: UploadResults | undefined;
  private readonly stopped = new AbortController();
  /** Ticks happen one after the other, whoever asks. */
  private turn: Promise<void> = Promise.resolve();
  readonly id: string;
  readonly order: SettledOrder;
  readonly account: Account;
  private readonly around: Surroundings;

  constructor(id: string, order: SettledOrder, parts: { account: Account; around: Surroundings }) {
    this.id = id;
    this.order = order;
    this.account = parts.account;
    this.around = parts.around;
    this.quote = quoteFor(order);
    this.times.requested = this.around.clock.now();
  }

  /** Reserves the credits. Again while nothing is uploaded: the same answer, nothing reserved again. */
  accept(): Upload {
    if (this.status === 'accepted' && this.upload) return this.upload;
    if (this.status !== 'requested') throw refused.invalid(`Request is ${this.status} and can not be accepted`);
    this.account.reserve(this.id, this.quote.cost[0]);
    this.enter('accepted');
    const { source } = this.order;
    this.upload = new Upload(partSizes(source, this.around.partRules), {
      path: `/${this.id}/source.${source.container}`,
      signer: this.around.signer,
      expiresInMs: this.around.uploadLinkMs,
    });
    return this.upload;
  }

  completeUpload(results: UploadResults): void {
    if (this.status !== 'accepted' || !this.upload)
      throw refused.invalid(`Request is ${this.status}; an upload can be completed once, when it is accepted`);
    const objection = this.upload.objection(results);
    if (objection) throw refused.invalid(objection);
    this.reported = results;
    this.queuedAt = this.around.clock.now();
    this.position = 0;
    this.enter('initializing');
  }

  /** What time has brought: the end of the upload's deadline, ticks. Called before a request is looked at. */
  async catchUp(): Promise<void> {
    const { clock, pace, uploadDeadlineMs } = this.around;
    if (this.status === 'accepted' && clock.now() > (this.times.accepted ?? 0) + uploadDeadlineMs)
      this.fail({ errorCode: 'TIMEOUT_UPLOAD_SOURCE', message: 'Source was not uploaded in time' });
    if (pace.by === 'clock') await this.tickUntil(clock.now(), pace.tickMs);
  }

  private async tickUntil(now: number, tickMs: number): Promise<void> {
    const due = Math.floor((now - this.queuedAt) / tickMs);
    for (let before = -2; this.position !== before && this.position < due && this.isUnderWay();) {
      before = this.position;
      await this.tick();
    }
    if (this.status === 'canceling' && now >= (this.times.canceling ?? 0) + tickMs) await this.tick();
  }

  /** Called after a status was told. */
  async told(): Promise<void> {
    if (this.status === 'complete') this.completePolls++;
    if (this.around.pace.by === 'polls') await this.tick();
  }

  /** One step on. */
  tick(): Promise<void> {
    this.turn = this.turn.then(() => this.step());
    return this.turn;
  }

  isUnderWay(): boolean {
    return course.some(({ status }) => status === this.status) && this.status !== 'complete';
  }

  get downloadable(): Result | undefined {
    if (this.status !== 'complete' || this.mediaDeleted) return undefined;
    return this.completePolls < (this.around.fate().downloadMissingPolls ?? 0) ? undefined : this.result;
  }

  /** Credits that cancelling now would take. */
  get cancelCost(): number {
    const reserved = this.account.openReservation(this.id);
    const begun = this.status === 'processing' || this.status === 'postprocessing';
    return begun ? Math.min(reserved, Math.ceil((CANCEL_PENALTY * this.progress * reserved) / 100)) : 0;
  }

  /** As it was said when the upload was complete. */
  get clipMd5(): string | undefined {
    return this.reported?.md5Hash;
  }

  /** False where it is cancelled already. */
  cancel(): boolean {
    if (this.status === 'canceling' || this.status === 'canceled') return false;
    if (this.status === 'complete' || this.status === 'failed') throw refused.invalid(`Request is ${this.status}`);
    this.account.settle(this.id, this.cancelCost);
    this.stopped.abort(new Error('cancelled'));
    this.enter('canceling');
    return true;
  }

  deleteMedia(): void {
    if (!['complete', 'failed', 'canceled'].includes(this.status))
      throw refused.invalid(`Request is ${this.status}; media can be deleted when it has ended`);
    this.mediaDeleted = true;
  }

  /** Ends work on files that are about to be removed. */
  async stop(): Promise<void> {
    this.stopped.abort(new Error('the emulator ends'));
    await this.turn;
  }

  private async step(): Promise<void> {
    if (this.around.fate().stuckAt === this.status) return;
    if (this.status === 'canceling') return this.enter('canceled');
    const next = this.isUnderWay() ? course[this.position + 1] : undefined;
    if (!next) return;
    const failure = this.plannedFailure(next.status) ?? (await this.hurdle(next.status));
    // Cancelled meanwhile.
    if (!this.isUnderWay()) return;
    if (failure) return this.fail(failure);
    this.position++;
    this.progress = next.progress;
    if (next.status !== this.status) this.enter(next.status);
    if (this.status === 'complete') this.account.settle(this.id, this.quote.cost[0]);
  }

  private plannedFailure(next: Status): Failure | undefined {
    const { fail } = this.around.fate();
    return fail?.at === next ? { errorCode: fail.errorCode, message: fail.message ?? 'Processing failed' } : undefined;
  }

  /** What has to be done before a state can be entered, and may fail. */
  private async hurdle(status: Status): Promise<Failure | undefined> {
    if (status === 'preprocessing') return this.analyse();
    return status === 'postprocessing' ? this.render() : undefined;
  }

  /** Reads the source, and prices it again by what it really is. */
  private async analyse(): Promise<Failure | undefined> {
    const md5 = await this.upload?.assemble(this.sourceFile);
    const expected = this.reported?.md5Hash ?? md5;
    if (md5 !== expected?.toLowerCase())
      return { errorCode: 'INVALID_INPUT', message: 'MD5 of the source does not match' };
    const measured = await measure(this.sourceFile).catch(() => undefined);
    if (!measured) return { errorCode: 'INVALID_INPUT', message: 'The source can not be read' };
    this.measured = measured;
    const { source } = this.order;
    const pairs: [number, number][] = [
      [source.frameCount, measured.frameCount],
      [source.frameRate, measured.frameRate],
      [source.resolution.width, measured.resolution.width],
      [source.resolution.height, measured.resolution.height],
    ];
    const differs = pairs.some(([said, found]) => Math.abs(said - found) > TOLERANCE * found);
    return differs ? { errorCode: 'CREDIT_DIFFERENCE', message: 'The source differs from the request' } : undefined;
  }

  private async render(): Promise<Failure | undefined> {
    const file = this.around.file(`${this.id}-enhanced.${this.order.output.container}`);
    const { result: change } = this.around.fate();
    try {
      const files = { source: this.sourceFile, result: file };
      await enhance(files, this.order, { change, frames: outputFrames(this.order), signal: this.stopped.signal });
      this.result = { ...(await measure(file)), file, size: (await stat(file)).size, link: this.downloadLink() };
      return undefined;
    } catch (error) {
      return { errorCode: 'PROCESSING_FAILURE', message: String(error) };
    }
  }

  /** Made once; asking again gives the same. */
  private downloadLink(): Result['link'] {
    const expiresIn = this.around.downloadLinkMs();
    const path = `/${this.id}/enhanced.${this.order.output.container}`;
    const url = this.around.signer.sign({ method: 'GET', path, expiresInMs: expiresIn });
    return { url, expiresIn, expiresAt: this.around.clock.now() + expiresIn };
  }

  /** All credits go back. */
  private fail(failure: Failure): void {
    this.failure = failure;
    this.account.settle(this.id, 0);
    this.enter('failed');
  }

  private enter(status: Status): void {
    this.status = status;
    this.times[status] = this.around.clock.now();
  }

  private get sourceFile(): string {
    return this.around.file(`${this.id}-source.${this.order.source.container}`);
  }
}
