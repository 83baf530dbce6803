import {
  AppError,
  type CancelCost,
  type Estimate,
  type Media,
  type Settings,
  type Task,
  uprightSize,
} from '@uprez/shared';
import { asDiskError } from '../../engine/disk-error.ts';
import { targetFrameBytes } from '../../engine/quantiser.ts';
import type { Logger } from '../../log.ts';
import type { Abandoned, Backend, DiscardedJob, Outcome, RunningJob } from '../backend.ts';
import { expectedFrames, outputSize } from '../local/plan.ts';
import { obstacleTo } from '../obstacles.ts';
import { type CheckpointParts, type CloudCheckpoint, loadCheckpoint, openCheckpoint } from './checkpoint.ts';
import { TopazClient } from './client.ts';
import { holdsCredits } from './course.ts';
import { deleteMedia, settling, withdraw } from './ending.ts';
import { type FlowParts, follow, quoteOf } from './flow.ts';
import { Listing } from './listing.ts';
import { assumedCredits, checkLimits, type CloudModel, cloudModel, offeredModels } from './models.ts';
import { endOrphans } from './orphans.ts';
import { largestSide, servedSize } from './new-request.ts';
import { finished, needsOf, refuseTreatment, removeFiles } from './plan-result.ts';
import { cloud, isRefused } from './refusals.ts';
import { Storage } from './storage.ts';
import { SEGMENT_BYTES } from './upload.ts';
import { realWait, type Wait } from './wait.ts';

export interface TopazOptions {
  ffmpeg: string;
  apiKey: () => Promise<string | null>;
  outputFolder: () => string | null;
  workFolder: string;
  /** Do other daemons keep their clips there too? Then nothing is concluded from what lies there. Default: no. */
  sharedFolder?: boolean;
  settings: () => Settings;
  processes: FlowParts['ledger'];
  log: Logger;
  /** Where the service is. */
  baseUrl?: string;
  wait?: Wait;
  /** Smallest part of an upload that has several, in bytes. */
  segmentBytes?: number;
}

const BASE_URL = 'https://api.topazlabs.com';
/** Jobs mostly wait for the service; a few uploads share the line. */
const SLOTS = 4;
/** Frames a second that the service is taken for until it has quoted. */
const ASSUMED_SPEED = 8;
/** Cleaning up at the service gets no more than this. */
const PATIENCE_MS = 120_000;

type Parts = FlowParts & CheckpointParts & { listing: Listing; hasKey: () => Promise<boolean>; log: Logger };

/** Upscales with the Topaz Video API: quoted, agreed on, then done step by step, each of which can be taken up again. */
export function createTopazBackend(options: TopazOptions): Backend {
  const parts = partsOf(options);
  return {
    id: 'topaz',
    slots: SLOTS,
    // Without a key nothing is asked: who does not use the service does not call it.
    models: async () =>
      (await parts.hasKey()) ? offeredModels(await parts.listing.ids(), true) : offeredModels(null, false),
    estimate: (task, media) => estimate(task, media, parts),
    run: (job) => run(job, parts),
    discard: (job) => discard(job, parts),
    obstacle: (job) => obstacleTo(needsOf(job.task, loadCheckpoint(job.journal))),
    cancelCost: (job) => cancelCost(job, parts),
    async reconcile(abandoned, books) {
      await reconcile(abandoned, parts);
      if (options.sharedFolder || !(await parts.hasKey())) return;
      await endOrphans(options.workFolder, { ...parts, books, signal: patience() });
    },
    async account() {
      const { available_credits, reserved_credits } = await parts.client.balance(patience());
      return { backend: 'topaz', availableCredits: available_credits, reservedCredits: reserved_credits };
    },
  };
}

function partsOf(options: TopazOptions): Parts {
  const { apiKey, settings, baseUrl = BASE_URL, wait = realWait, segmentBytes = SEGMENT_BYTES } = options;
  const client = new TopazClient({ baseUrl, apiKey, wait });
  return {
    ...{ client, wait, segmentBytes, storage: new Storage(baseUrl), listing: new Listing(client), log: options.log },
    ...{ ffmpeg: options.ffmpeg, outputFolder: options.outputFolder, workFolder: options.workFolder },
    ledger: options.processes,
    codec: () => settings().cloudResult,
    deletesMedia: () => settings().cloudDelete,
    hasKey: async () => (await apiKey()) !== null,
  };
}

/** What can be known without the service; the quote follows when the job runs. Throws what makes asking for one pointless. */
async function estimate(task: Task, media: Media, parts: Parts): Promise<Estimate> {
  if (!(await parts.hasKey())) throw cloud('cloud.no-key');
  refuseTreatment(task);
  const model = await listedModel(task.model, parts);
  const size = resultSize(task, media, parts);
  const frames = expectedFrames(task, media);
  checkLimits(model, { frames, source: uprightSize(media), result: size, scale: task.scale });
  return {
    seconds: frames / ASSUMED_SPEED,
    basis: 'assumed',
    outputBytes: Math.round(frames * targetFrameBytes(size)),
    credits: assumedCredits(model, size, frames),
    ...size,
    frames,
  };
}

/** Throws `model.unknown`; what the service does not say for the moment is no reason to refuse a model. */
async function listedModel(id: string, { listing }: Parts): Promise<CloudModel> {
  const model = cloudModel(id);
  const listed = await listing.ids();
  if (!model || (listed && !listed.includes(id))) throw new AppError('model.unknown', { model: id });
  return model;
}

/** Throws `request.large-enough` for clips that have no room to grow. */
function resultSize(task: Task, media: Media, { codec }: Parts) {
  const { width, height } = uprightSize(media);
  const served = servedSize({ width: width * task.scale, height: height * task.scale });
  // Encoders of the service allow more than editors take; whichever is less.
  const limit = Math.min(8192, largestSide[codec()]);
  if (Math.max(served.width, served.height) > limit)
    throw new AppError('request.large-enough', { size: `${width}x${height}`, limit: `${limit} pixels a side` });
  return outputSize(task, media);
}

async function run(job: RunningJob, parts: Parts): Promise<Outcome> {
  const checkpoint = await openCheckpoint(job, parts);
  const outcome = await follow(job, checkpoint, parts).catch(async (error: unknown) => {
    throw await asDiskError(error, checkpoint.plan.output.partial);
  });
  if (outcome === 'ask') {
    const assumed = await estimate(job.task, job.media, parts);
    return { kind: 'needs-approval', estimate: quoteOf(checkpoint, assumed) };
  }
  return finished(checkpoint);
}

/** Whatever the service says, nothing of the job stays on this machine; a request that could not be ended stays in the books. */
async function discard(job: DiscardedJob, parts: Parts): Promise<void> {
  const checkpoint = loadCheckpoint(job.journal);
  try {
    if (checkpoint?.request) await endRequest(job, checkpoint, parts);
  } finally {
    if (checkpoint) await removeFiles(checkpoint, Object.values(checkpoint.files));
    job.journal.clear();
  }
}

async function endRequest({ credits }: DiscardedJob, checkpoint: CloudCheckpoint, parts: Parts): Promise<void> {
  const { request, station } = checkpoint;
  if (!request) return;
  const ending = { client: parts.client, wait: parts.wait, signal: patience() };
  if (holdsCredits(station)) {
    await withdraw(request.id, settling(credits, request.id), ending);
    if (parts.deletesMedia()) await deleteMedia(request.id, ending);
  } else await parts.client.cancel(request.id, ending.signal).catch(() => undefined);
}

async function cancelCost(job: DiscardedJob, { client }: Parts): Promise<CancelCost> {
  const checkpoint = loadCheckpoint(job.journal);
  if (!checkpoint?.request || !holdsCredits(checkpoint.station)) return { charged: 0, refunded: 0 };
  const { id, credits } = checkpoint.request;
  try {
    const { cancelable, creditsToCommit, creditsToRefund } = await client.cancelEstimate(id, patience());
    return cancelable ? { charged: creditsToCommit, refunded: creditsToRefund } : { charged: 0, refunded: 0 };
  } catch (error) {
    // It has ended, and is charged already: that is what a cancellation loses.
    if (isRefused(error, 'cloud.refused')) return { charged: credits, refunded: 0 };
    if (isRefused(error, 'cloud.request-lost')) return { charged: 0, refunded: 0 };
    throw error;
  }
}

/** Each on its own: one that fails keeps no other from coming home. */
async function reconcile(abandoned: readonly Abandoned[], { client, wait, log }: Parts): Promise<void> {
  for (const { request, settle } of abandoned)
    try {
      await withdraw(request, settle, { client, wait, signal: patience() });
    } catch (error) {
      log.warn({ request, err: error }, 'request could not be ended; the next start tries again');
    }
}

function patience(): AbortSignal {
  return AbortSignal.timeout(PATIENCE_MS);
}
