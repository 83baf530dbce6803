import { z } from 'zod';
import { WireError } from './errors.ts';
import { Estimate } from './estimate.ts';
import { JobState } from './job-machine.ts';
import { Media } from './media.ts';
import { HostReference, Task } from './task.ts';
import { Warning } from './warnings.ts';

/** What is happening inside a running job. Not the same as its state. */
export const Stage = z.enum(['prepare', 'upload', 'process', 'download', 'finish', 'verify']);
export type Stage = z.infer<typeof Stage>;

/** The recorded steps of a job; decode, upscale and combine overlap while the stage is `process`. */
export const StepName = z.enum(['validate', 'decode', 'upscale', 'combine']);
export type StepName = z.infer<typeof StepName>;

/** Seconds a step took per frame. */
export const StepStatistics = z.object({
  count: z.int().nonnegative(),
  minMs: z.number(),
  maxMs: z.number(),
  meanMs: z.number(),
  deviationMs: z.number(),
});
export type StepStatistics = z.infer<typeof StepStatistics>;

export const Step = z.object({
  name: StepName,
  status: z.enum(['pending', 'running', 'done', 'failed']),
  /** 0 to 100. */
  progress: z.number().min(0).max(100),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  retries: z.int().nonnegative(),
  statistics: StepStatistics.nullable(),
});
export type Step = z.infer<typeof Step>;

/** Lossy: sent while a job runs, at most four times a second, never stored. */
export const Progress = z.object({
  stage: Stage,
  /** Whole job, 0 to 1. */
  fraction: z.number().min(0).max(1),
  framesDone: z.int().nonnegative(),
  framesTotal: z.int().nonnegative(),
  /** Smoothed; null until it is known. */
  framesPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
});
export type Progress = z.infer<typeof Progress>;

/** One property of the finished file that was read back and compared. */
export const Check = z.object({ what: z.string(), expected: z.string(), found: z.string(), ok: z.boolean() });
export type Check = z.infer<typeof Check>;

/** A result in numbers, found on sampled pairs of neighbouring frames before they were encoded. All about luma. */
export const Quality = z.object({
  /** Pairs that were measured. */
  pairs: z.int().nonnegative(),
  /**
   * Self-consistency: PSNR in dB of the result, reduced to the source's size by averaging, against the source. 100 at
   * most; null where nothing was measured.
   */
  consistencyDb: z.number().nullable(),
  /**
   * Flicker index: how much the result changes where the source stands still, in relation to plain interpolation.
   * 1 or less: no more than that. Null where nothing stands still.
   */
  flicker: z.number().nonnegative().nullable(),
  /** Share of the picture that stands still, 0 to 1. */
  still: z.number().min(0).max(1).nullable(),
  /** Mean size of an encoded frame in bytes. */
  frameBytes: z.number().positive(),
});
export type Quality = z.infer<typeof Quality>;

export const OutputFile = z.object({
  path: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
  frames: z.int().positive(),
  sizeBytes: z.int().positive(),
  checks: z.array(Check),
  /** Null where nobody measured it. */
  quality: Quality.nullable(),
});
export type OutputFile = z.infer<typeof OutputFile>;

/** Has the host (a timeline) taken the result? Jobs without a host have nothing to deliver. */
export const Delivery = z.enum(['none', 'pending', 'delivered']);

export const Job = z.object({
  id: z.string(),
  position: z.int(),
  task: Task,
  media: Media,
  estimate: Estimate,
  state: JobState,
  /** Times the job was started, crashes and pauses included. */
  attempts: z.int().nonnegative(),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  error: WireError.nullable(),
  /** What keeps a queued job from going on (a full disk, a drive that is away). It goes on by itself when that is over. */
  waitingFor: WireError.nullable().default(null),
  output: OutputFile.nullable(),
  delivery: Delivery,
  /** What to know of its result: what the clip did not say, what the file can't say. */
  warnings: z.array(Warning).default([]),
  /** Credits that the user has agreed to, those already charged included; null before. */
  approvedCredits: z.number().nonnegative().nullable().default(null),
  /** Credits that were charged; null while that is open, and for jobs that cost nothing. */
  chargedCredits: z.number().nonnegative().nullable().default(null),
  host: HostReference.nullable(),
  steps: z.array(Step),
  /** Grows with every stored change of any job; larger is newer. */
  revision: z.int().nonnegative(),
});
export type Job = z.infer<typeof Job>;
