import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, isLook, type OutputFile, plainWay, type Task } from '@uprez/shared';
import { asFound, findTiming } from '../../engine/findings.ts';
import type { EnginePlan, Timing } from '../../engine/plan.ts';
import { unpublish } from '../../engine/publish.ts';
import { targetFrameBytes } from '../../engine/quantiser.ts';
import type { Outcome, RunningJob } from '../backend.ts';
import { freePath, partialPath, wantedPath } from '../files.ts';
import { enginePlan } from '../local/plan.ts';
import type { Needs } from '../obstacles.ts';

/** What a result will be whose pictures are made by somebody else, and of which frames. */
export interface PlannedResult {
  /** Name, size, tags, timecode and sound of the result: as for a job on this machine, whose model it has no use for. */
  plan: EnginePlan;
  timing: Timing;
}

/** The finished file, as it was proven. */
export type Delivered = Pick<OutputFile, 'path' | 'sizeBytes' | 'checks'>;

/** A planned result and, once there is one, the finished file. */
export interface ResultState extends PlannedResult {
  result: Delivered | null;
}

export interface PlanningParts {
  ffmpeg: string;
  /** Folder for results where a task names none; null = beside the source. */
  outputFolder: () => string | null;
  /** Folder for files on their way; made here where it is missing. */
  workFolder: string;
}

/** Throws `look.cloud` for what only our own engine does to a picture. */
export function refuseTreatment({ look, deband }: Task): void {
  if (isLook(look) || deband === 'low' || deband === 'high') throw new AppError('look.cloud');
}

/** The decisions of a first run. Throws what `findTiming` throws. */
export async function planResult(job: RunningJob, parts: PlanningParts): Promise<PlannedResult> {
  const { task, media } = job;
  const context = { ffmpeg: parts.ffmpeg, model: { kind: 'interpolation' } as const, ways: [plainWay], threads: 1 };
  const { output, ...plan } = enginePlan(task, media, context);
  const path = await freePath(wantedPath(task, parts.outputFolder()));
  const whole: EnginePlan = { ...plan, output: { ...output, path, partial: partialPath(path) } };
  await mkdir(parts.workFolder, { recursive: true, mode: 0o700 });
  const timing = await findTiming(whole, job.signal);
  for (const warning of timing.warnings) job.warn(warning);
  return { plan: asFound(whole, timing), timing };
}

/** Size of a whole result in bytes, as the encoder aims for it. */
export function resultBytes({ plan, timing }: PlannedResult): number {
  return targetFrameBytes(plan.output.size) * timing.frameCount;
}

/** The source, and room for the result: as long as there is none of it, all of it is missing. */
export function needsOf({ source }: Task, state: ResultState | undefined): Needs {
  if (!state || state.result) return { source, result: null };
  const folder = dirname(state.plan.output.path);
  return { source, result: { folder, partial: null, missingBytes: resultBytes(state) } };
}

/** How a job ends whose result is there. */
export function finished({ plan, timing, result }: ResultState): Outcome {
  if (!result) throw new Error('a settled job has no result');
  return { kind: 'finished', output: { ...plan.output.size, ...result, frames: timing.frameCount, quality: null } };
}

/** Takes away what is unfinished, and a finished file that nobody has written down. */
export async function removeFiles({ plan, result }: ResultState, files: readonly string[]): Promise<void> {
  const { partial, path } = plan.output;
  if (!result) await unpublish(partial, path);
  for (const file of [partial, ...files]) await rm(file, { force: true });
}
