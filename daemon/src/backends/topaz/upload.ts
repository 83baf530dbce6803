import type { RunningJob } from '../backend.ts';
import { clipOf, type CloudCheckpoint, requestOf } from './checkpoint.ts';
import type { TopazClient, UploadedPart } from './client.ts';
import { cloud, isPassing, isRefused } from './refusals.ts';
import type { Storage } from './storage.ts';
import { backoff, type Wait } from './wait.ts';

/** Parts on their way at once. */
const LANES = 3;
const TRIES = 5;
/** Smallest part of an upload that has several. */
export const SEGMENT_BYTES = 500_000_000;

export interface UploadParts {
  client: TopazClient;
  storage: Storage;
  wait: Wait;
  segmentBytes: number;
}

export interface Part {
  /** From 1. */
  number: number;
  start: number;
  length: number;
}

/** How a clip is split over a number of links: parts of one size, the last one shorter, none empty. */
export function partsOf(sizeBytes: number, count: number, segmentBytes = SEGMENT_BYTES): Part[] {
  if (count === 1) return [{ number: 1, start: 0, length: sizeBytes }];
  const each = Math.max(segmentBytes, Math.ceil(sizeBytes / count));
  return Array.from({ length: count }, (_, i) => ({
    number: i + 1,
    start: i * each,
    length: Math.min(sizeBytes, (i + 1) * each) - i * each,
  })).filter(({ length }) => length > 0);
}

/**
 * Sends the parts that the service does not have yet; each is in the journal as soon as it is acknowledged.
 * Throws `cloud.upload-failed` and what the calls throw.
 */
export async function uploadClip(job: RunningJob, checkpoint: CloudCheckpoint, parts: UploadParts): Promise<void> {
  // The same links again, in order: they are nowhere written down.
  const links = (await parts.client.accept(requestOf(checkpoint).id, job.signal)).urls;
  const plan = partsOf(clipOf(checkpoint).sizeBytes, links.length, parts.segmentBytes);
  checkpoint.parts = { done: await arrived(job, { checkpoint, links }, parts), count: plan.length };
  const known = new Set(checkpoint.parts.done.map(({ partNum }) => partNum));
  const sender = new Sender(job, checkpoint, { ...parts, links });
  for (const { number, length } of plan) if (known.has(number)) sender.sent.set(number, length);
  sender.note();
  await sender.sendAll(plan.filter(({ number }) => !known.has(number)));
}

/** Of the parts in the journal those that the service does not ask for any more. */
async function arrived(
  { signal }: RunningJob,
  { checkpoint, links }: { checkpoint: CloudCheckpoint; links: readonly string[] },
  { client }: UploadParts,
): Promise<UploadedPart[]> {
  const { done } = checkpoint.parts;
  if (done.length === 0) return [];
  const { urls = [] } = await client.status(requestOf(checkpoint).id, signal);
  const outstanding = new Set(urls.map(placeOf));
  return done.filter(({ partNum }) => !outstanding.has(placeOf(links[partNum - 1] ?? '')));
}

/** What a link points at, without its signature, which may be another one each time. */
function placeOf(link: string): string {
  if (!URL.canParse(link)) return link;
  const { pathname, searchParams } = new URL(link);
  return `${pathname} ${searchParams.get('partNumber') ?? ''}`;
}

class Sender {
  /** Bytes of each part that have arrived or are on their way. */
  readonly sent = new Map<number, number>();
  private readonly job: RunningJob;
  private readonly checkpoint: CloudCheckpoint;
  private readonly parts: UploadParts & { links: readonly string[] };
  private readonly abort = new AbortController();

  constructor(job: RunningJob, checkpoint: CloudCheckpoint, parts: UploadParts & { links: readonly string[] }) {
    this.job = job;
    this.checkpoint = checkpoint;
    this.parts = parts;
  }

  /** A few at once; the first failure stops the others, and all have ended when this settles. */
  async sendAll(waiting: Part[]): Promise<void> {
    const signal = AbortSignal.any([this.job.signal, this.abort.signal]);
    const lane = async (): Promise<void> => {
      for (let part = waiting.shift(); part; part = waiting.shift()) {
        const eTag = await this.send(part, signal);
        this.checkpoint.parts.done.push({ partNum: part.number, eTag });
        this.job.journal.advance(this.checkpoint);
        this.note();
      }
    };
    const lanes = Array.from({ length: LANES }, () =>
      lane().catch((error: unknown) => {
        this.abort.abort(error);
        throw error;
      }),
    );
    const ended = await Promise.allSettled(lanes);
    this.job.signal.throwIfAborted();
    if (ended.some(({ status }) => status === 'rejected')) throw this.abort.signal.reason;
  }

  /** Records how many parts have arrived. */
  note(): void {
    const { done, count } = this.checkpoint.parts;
    this.job.step('decode', { status: 'running', progress: (100 * done.length) / count });
    this.report();
  }

  private report(): void {
    const frames = this.checkpoint.timing.frameCount;
    const bytes = [...this.sent.values()].reduce((sum, each) => sum + each, 0);
    const framesDone = Math.floor((frames * bytes) / clipOf(this.checkpoint).sizeBytes);
    this.job.report({ stage: 'upload', framesDone, framesTotal: frames });
  }

  private async send(part: Part, signal: AbortSignal): Promise<string> {
    const onBytes = (bytes: number): void => {
      this.sent.set(part.number, bytes);
      this.report();
    };
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.parts.storage.put(
          this.parts.links[part.number - 1] ?? '',
          { path: this.checkpoint.files.clip, ...part, onBytes },
          signal,
        );
      } catch (cause) {
        signal.throwIfAborted();
        const expired = isRefused(cause, 'cloud.forbidden');
        if (attempt === TRIES || !(expired || isPassing(cause))) throw failed(part, cause);
        await this.parts.wait(backoff(attempt), signal);
        if (expired) await this.renewLinks(signal);
      }
    }
  }

  private async renewLinks(signal: AbortSignal): Promise<void> {
    this.parts.links = (await this.parts.client.accept(requestOf(this.checkpoint).id, signal)).urls;
  }
}

function failed({ number }: Part, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause);
  return cloud('cloud.upload-failed', { part: number, why }, cause);
}
