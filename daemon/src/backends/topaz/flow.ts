import { rm } from 'node:fs/promises';
import { AppError, type Estimate } from '@uprez/shared';
import type { RunningJob } from '../backend.ts';
import { expectUnchanged } from '../files.ts';
import { awaitResult, EndedRequest, throwIfEnded } from './await-result.ts';
import { clipOf, type CloudCheckpoint, forgetRequest, hasClip, requestOf } from './checkpoint.ts';
import type { TopazClient } from './client.ts';
import { course, holdsCredits, type OpenStation, type StepName } from './course.ts';
import { downloadResult } from './download.ts';
import { deleteMedia, settleRequest, settling, withdraw } from './ending.ts';
import { extractClip, type ProcessLedger } from './extract.ts';
import { finishResult } from './finish.ts';
import { isOf, recentRequests } from './history.ts';
import { cloudModel } from './models.ts';
import { newRequest } from './new-request.ts';
import { cloud, isPassing, isRefused } from './refusals.ts';
import { hasStarted, isWorthHaving, priceOf } from './replies.ts';
import type { Storage } from './storage.ts';
import { uploadClip } from './upload.ts';
import type { Wait } from './wait.ts';

export interface FlowParts {
  client: TopazClient;
  storage: Storage;
  wait: Wait;
  /** Smallest part of an upload that has several, in bytes. */
  segmentBytes: number;
  ledger: ProcessLedger;
  /** Remove clip and result from the service when the result is here? */
  deletesMedia: () => boolean;
}

/** How often, and after what pause, a step is taken again while the service is not to be reached: ten minutes. */
const ROUNDS = 20;
const ROUND_MS = 30_000;

/** One run of a job: the checkpoint that it goes on from, and everything its steps work with. */
interface Run extends FlowParts {
  job: RunningJob;
  checkpoint: CloudCheckpoint;
}

/** What a step comes to: on to the next station or to a later one, or the user has to be asked. */
type Outcome = 'done' | 'ask' | 'started';

/**
 * Goes along the course from where the checkpoint stands. Resolves to `ask` where the price has to be agreed on first.
 * A request that came to nothing is forgotten before its reason is thrown, so that a retry begins with a new quote.
 */
export async function follow(
  job: RunningJob,
  checkpoint: CloudCheckpoint,
  parts: FlowParts,
): Promise<Exclude<Outcome, 'started'>> {
  const run: Run = { ...parts, job, checkpoint };
  try {
    await replaceLostClip(run);
    while (checkpoint.station !== 'settled') {
      const outcome = await persist(run, checkpoint.station);
      if (outcome === 'ask') return outcome;
    }
    return 'done';
  } catch (error) {
    throw await reasonOf(run, error);
  }
}

/** With credits at stake, a line or a service that is down for some minutes is waited for. */
async function persist(run: Run, station: OpenStation): Promise<Outcome> {
  for (let round = 1; ; round++) {
    try {
      return await takeStep(run, station);
    } catch (error) {
      const waits = station !== 'agreed' && holdsCredits(station) && isPassing(error) && round < ROUNDS;
      if (!waits) throw error;
      run.job.log.warn({ station, code: error.code }, 'waiting for the service');
      await run.wait(ROUND_MS, run.job.signal);
    }
  }
}

async function takeStep(run: Run, station: OpenStation): Promise<Outcome> {
  const { step, next } = course[station];
  run.job.signal.throwIfAborted();
  const outcome = (await steps[step](run)) ?? 'done';
  if (outcome === 'ask') return outcome;
  run.checkpoint.station = outcome === 'started' ? outcome : next;
  run.job.journal.advance(run.checkpoint);
  run.job.log.info({ station: next, request: run.checkpoint.request?.id }, 'cloud job');
  return outcome;
}

const steps: Record<StepName, (run: Run) => Promise<Outcome | void>> = {
  async extract({ job, checkpoint, ledger }) {
    job.step('validate', { status: 'running' });
    job.report({ stage: 'prepare', framesDone: 0, framesTotal: checkpoint.timing.frameCount });
    await expectUnchanged(job);
    checkpoint.clip = await extractClip(job, checkpoint, ledger);
  },

  async quote({ job, checkpoint, client }) {
    const model = cloudModel(job.task.model);
    if (!model) throw new AppError('model.unknown', { model: job.task.model });
    const paid = await paidRequest({ job, checkpoint, client });
    if (paid) {
      const credits = priceOf(paid);
      job.log.warn({ request: paid.id }, 'paid for, and forgotten since; going on with it');
      job.credits.adopt(paid.id, credits);
      checkpoint.request = { id: paid.id, credits, seconds: 0 };
      return 'started';
    }
    const wanted = { model, size: checkpoint.plan.output.size, codec: checkpoint.codec };
    const { requestId, estimates } = await client.create(newRequest(clipOf(checkpoint), wanted), job.signal);
    const [credits = 0] = estimates.cost;
    checkpoint.request = { id: requestId, credits, seconds: estimates.time?.at(-1) ?? 0 };
    job.step('validate', { status: 'done', progress: 100 });
    return 'done';
  },

  async agree({ job, checkpoint }) {
    const { id, credits } = requestOf(checkpoint);
    return job.credits.reserve(id, credits) ? 'done' : 'ask';
  },

  /** Refused for good, the payment leaves the books, and the next run starts before it. */
  async accept({ job, checkpoint, client }) {
    const { id, credits } = requestOf(checkpoint);
    try {
      await client.accept(id, job.signal);
    } catch (error) {
      if (isRefused(error, 'cloud.refused') && (await isUnderWay(id, { job, client }))) return 'started';
      if (!isRefused(error, 'cloud.credits', 'cloud.subscription', 'cloud.refused')) throw error;
      job.credits.release(id);
      checkpoint.station = 'quoted';
      job.journal.savePlan(checkpoint);
      throw isRefused(error, 'cloud.credits') ? cloud('cloud.credits', { price: credits }, error) : error;
    }
    return 'done';
  },

  async upload({ job, checkpoint, ...parts }) {
    try {
      await uploadClip(job, checkpoint, parts);
    } catch (error) {
      const { id } = requestOf(checkpoint);
      if (isRefused(error, 'cloud.refused') && (await isUnderWay(id, { job, ...parts }))) return 'started';
      throw error;
    }
    return 'done';
  },

  /** Whether the call arrived is seen by the status; one that nobody knows proves nothing. */
  async start({ job, checkpoint, client }) {
    const { id } = requestOf(checkpoint);
    const before = await client.status(id, job.signal);
    throwIfEnded(before);
    if (hasStarted(before.status)) return;
    const uploadResults = checkpoint.parts.done.toSorted((a, b) => a.partNum - b.partNum);
    try {
      await client.completeUpload(id, { md5Hash: clipOf(checkpoint).md5, uploadResults }, job.signal);
    } catch (error) {
      const after = await client.status(id, job.signal);
      throwIfEnded(after);
      if (!hasStarted(after.status)) throw error;
    }
  },

  async await({ job, checkpoint, ...parts }) {
    job.step('decode', { status: 'done', progress: 100 });
    await awaitResult(job, checkpoint, parts);
    job.step('upscale', { status: 'done', progress: 100 });
  },

  async download({ job, checkpoint, ...parts }) {
    job.step('combine', { status: 'running', progress: 0 });
    await downloadResult(job, checkpoint, parts);
  },

  async finish({ job, checkpoint }) {
    const { plan, timing, files } = checkpoint;
    checkpoint.result = await finishResult(job, { plan, timing, file: files.result });
    job.step('combine', { status: 'done', progress: 100 });
  },

  async settle({ job, checkpoint, client, wait, deletesMedia }) {
    const { id, credits } = requestOf(checkpoint);
    const ending = { client, wait, signal: job.signal };
    // A result that is here is paid, even where the service has not booked it yet.
    await settleRequest(id, (charged) => job.credits.settle(id, charged || credits), ending);
    if (deletesMedia()) await deleteMedia(id, ending);
    for (const file of [checkpoint.plan.output.partial, ...Object.values(checkpoint.files)])
      await rm(file, { force: true });
  },
};

type Asking = Pick<Run, 'job' | 'client'>;

/**
 * A request that was paid for and has this very clip, though the books don't know it: the database was replaced by a backup
 * from before. An account whose history can't be read has none that could be found.
 */
async function paidRequest({ job, checkpoint, client }: Asking & Pick<Run, 'checkpoint'>) {
  const { md5 } = clipOf(checkpoint);
  try {
    for await (const record of recentRequests({ client, signal: job.signal }))
      if (isOf(record, md5) && isWorthHaving(record) && !job.credits.knows(record.id)) return record;
  } catch (error) {
    if (!isRefused(error, 'cloud.refused', 'cloud.forbidden', 'cloud.request-lost')) throw error;
  }
  return undefined;
}

/** Is the request further than this job remembers? Throws the reason of one that came to nothing. */
async function isUnderWay(id: string, { job, client }: Asking): Promise<boolean> {
  const status = await client.status(id, job.signal);
  throwIfEnded(status);
  return hasStarted(status.status);
}

/** Somebody emptied the work folder: what was to be sent is made again, and a new request with it. */
async function replaceLostClip({ job, checkpoint, client, wait }: Run): Promise<void> {
  const needed = ['extracted', 'quoted', 'agreed', 'accepted'].includes(checkpoint.station);
  if (!needed || (await hasClip(checkpoint))) return;
  job.log.warn('the prepared clip is gone; starting over');
  const { request } = checkpoint;
  if (request && holdsCredits(checkpoint.station))
    await withdraw(request.id, settling(job.credits, request.id), { client, wait, signal: job.signal });
  await forgetRequest(job, checkpoint);
  checkpoint.station = 'planned';
  job.journal.savePlan(checkpoint);
}

/** What is thrown to the outside, after a request that is over was settled and forgotten. */
async function reasonOf({ job, checkpoint, client, wait }: Run, error: unknown): Promise<unknown> {
  const { request } = checkpoint;
  const lost = isRefused(error, 'cloud.request-lost', 'cloud.result-gone', 'cloud.result-wrong');
  const ended = error instanceof EndedRequest;
  if (!request || !(lost || ended)) return error;
  if (isPaid(checkpoint.station))
    await settleRequest(request.id, settling(job.credits, request.id), { client, wait, signal: job.signal });
  await forgetRequest(job, checkpoint);
  return ended ? error.reason : error;
}

function isPaid(station: CloudCheckpoint['station']): boolean {
  return station !== 'planned' && station !== 'extracted' && station !== 'quoted';
}

/** The price, for the user to agree to. */
export function quoteOf({ request, plan, timing }: CloudCheckpoint, assumed: Estimate): Estimate {
  if (!request) return assumed;
  const { size } = plan.output;
  return {
    ...assumed,
    ...size,
    seconds: request.seconds,
    basis: 'quoted',
    credits: request.credits,
    frames: timing.frameCount,
  };
}
