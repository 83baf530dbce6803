import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiscardedJob, Journal, RunningJob } from '../backend.ts';
import { sizeOf } from '../files.ts';
import type { UploadedPart } from './client.ts';
import type { Station } from './course.ts';
import type { CloudClip, ResultCodec } from './new-request.ts';
import { type PlanningParts, planResult, type ResultState } from './plan-result.ts';

/** What a job has decided and achieved; written to the journal before and after everything that has an effect. */
export interface CloudCheckpoint extends ResultState {
  station: Station;
  codec: ResultCodec;
  /** Clip on its way up and result on its way down. */
  files: { clip: string; result: string };
  clip: PreparedClip | null;
  request: CloudRequest | null;
  /** Parts that the storage has acknowledged, and how many there are; 0 before that is known. */
  parts: { done: UploadedPart[]; count: number };
}

export interface PreparedClip extends CloudClip {
  /** Of the whole file, in hex. */
  md5: string;
}

export interface CloudRequest {
  id: string;
  /** What will be billed, and seconds on an empty queue. */
  credits: number;
  seconds: number;
}

export interface CheckpointParts extends PlanningParts {
  codec: () => ResultCodec;
}

/** What a job calls the clip that it uploads, and what it fetches. */
export function workFiles(folder: string, jobId: string): CloudCheckpoint['files'] {
  return { clip: join(folder, `${jobId}.clip.mov`), result: join(folder, `${jobId}.result`) };
}

export function loadCheckpoint(journal: Journal): CloudCheckpoint | undefined {
  return journal.loadPlan() as CloudCheckpoint | undefined;
}

/** The decisions of the first run, or new ones. */
export async function openCheckpoint(job: RunningJob, parts: CheckpointParts): Promise<CloudCheckpoint> {
  const known = loadCheckpoint(job.journal);
  if (known) return known;
  const checkpoint: CloudCheckpoint = {
    station: 'planned',
    ...(await planResult(job, parts)),
    codec: parts.codec(),
    files: workFiles(parts.workFolder, job.id),
    ...{ clip: null, request: null, parts: { done: [], count: 0 }, result: null },
  };
  job.journal.savePlan(checkpoint);
  return checkpoint;
}

/** The clip and the request of a station that can't be reached without them. */
export function clipOf({ clip }: CloudCheckpoint): PreparedClip {
  if (!clip) throw new Error('no clip was prepared');
  return clip;
}

export function requestOf({ request }: CloudCheckpoint): CloudRequest {
  if (!request) throw new Error('there is no request');
  return request;
}

/** Is the clip that was prepared still there? */
export async function hasClip({ clip, files }: CloudCheckpoint): Promise<boolean> {
  return clip !== null && (await sizeOf(files.clip)) === clip.sizeBytes;
}

/** Forgets a request that has come to nothing, so that the next run asks for a new quote with the same clip. */
export async function forgetRequest(job: DiscardedJob, checkpoint: CloudCheckpoint): Promise<void> {
  Object.assign(checkpoint, { station: 'extracted', request: null, parts: { done: [], count: 0 } });
  await rm(checkpoint.files.result, { force: true });
  job.journal.savePlan(checkpoint);
}
