import { createHash } from 'node:crypto';
import { AppError, type Estimate, type Job, type Media, type NewJob, type Task, timelineOf } from '@uprez/shared';
import type { z } from 'zod';
import type { Backend } from '../backends/backend.ts';
import { warningsOf } from '../media/warnings.ts';
import type { PreparedJob } from '../store/jobs.ts';
import { checkPath } from '../media/path-check.ts';
import type { JobQueue } from './job-queue.ts';

/** Reads what a clip is. Throws `input.*`. */
export type Probe = (path: string) => Promise<Media>;

export interface EnqueueParts {
  queue: JobQueue;
  backends: readonly Backend[];
  probe: Probe;
}

export interface Enqueue {
  /** Queues all jobs or none. What is wrong with a clip or its task shows now, not in an hour. */
  add(jobs: readonly z.output<typeof NewJob>[]): Promise<Job[]>;
  estimate(task: Task): Promise<Estimate>;
}

/** The way into the queue: probe, estimate, then the queue's own synchronous checks. */
export function createEnqueue({ queue, backends, probe }: EnqueueParts): Enqueue {
  const examine = async (task: Task): Promise<{ media: Media; estimate: Estimate }> => {
    if (task.output !== null) checkPath(task.output);
    const media = await probe(task.source);
    checkRange(task, media);
    return { media, estimate: await backendFor(task, backends).estimate(task, media) };
  };
  const prepare = async (request: z.output<typeof NewJob>): Promise<PreparedJob> => {
    const known = queue.byRequest(request.requestId);
    if (known) return { ...known, requestId: request.requestId, fingerprint: fingerprint(known.task, known.media) };
    const { task } = request;
    const { media, estimate } = await examine(task);
    return { ...request, media, estimate, fingerprint: fingerprint(task, media), warnings: warningsOf(task, media) };
  };
  return {
    async add(jobs) {
      const prepared: PreparedJob[] = [];
      for (const job of jobs) prepared.push(await prepare(job));
      return queue.add(prepared);
    },
    estimate: async (task) => (await examine(task)).estimate,
  };
}

/** Equal for the same state of the same file with the same settings. */
export function fingerprint(task: Task, media: Pick<Media, 'sizeBytes' | 'modifiedMs'>): string {
  const facts = [Object.entries(task).sort(([a], [b]) => (a < b ? -1 : 1)), media.sizeBytes, media.modifiedMs];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

function checkRange({ source, range, frameRate }: Task, media: Media): void {
  const { frames } = timelineOf(media, frameRate);
  const to = range.to ?? frames;
  if (range.from >= to || range.from >= frames)
    throw new AppError('input.empty-range', { file: source, from: range.from, to, frames });
}

function backendFor(task: Task, backends: readonly Backend[]): Backend {
  const backend = backends.find(({ id }) => id === task.backend);
  if (!backend) throw new AppError('request.invalid', { why: `the backend “${task.backend}” is not set up` });
  return backend;
}
