import type { Estimate, Scale } from '@uprez/shared';
import type { JobSpeed } from '../backend.ts';

/** Work of a job: frames of so many luma samples, enlarged by a scale. */
export interface Work {
  frames: number;
  /** Frames that are made beforehand to find the quantiser. */
  trialFrames: number;
  width: number;
  height: number;
  scale: Scale;
}

export interface KnownSpeeds {
  /** Earlier jobs of the same model, way and scale, the latest first. */
  jobs: readonly JobSpeed[];
  /** Samples of the source a second at 2x, by the model alone, as tried on this computer. */
  samplesPerSecond: number | null;
  /** The catalogue's figure: frames of 960x540 a second at 2x, for a whole job on two cores. */
  framesPerSecond: number;
}

/** Starting an engine, opening clip and model, finishing and checking the file, in seconds. */
const START_UP = 2;
/** Decoding, encoding and checking take their share of the computer while the model runs. */
const WHOLE_JOB = 1.3;
/** A second doubling works on four times the samples; frames that keep their size are a third of the work. */
const passes: Record<Scale, number> = { 1: 1 / 3, 2: 1, 4: 5 };

/** Luma samples of the source that go through the model. */
export function samplesOf({ frames, trialFrames, width, height }: Work): number {
  return (frames + trialFrames) * width * height;
}

/** Seconds that a job will take: what earlier jobs took, else what the trial says, else what the catalogue says. */
export function estimateTime(work: Work, known: KnownSpeeds): Pick<Estimate, 'seconds' | 'basis'> {
  const samples = samplesOf(work);
  if (known.jobs.length > 0) {
    const total = (of: (job: JobSpeed) => number): number => known.jobs.reduce((sum, job) => sum + of(job), 0);
    const secondsPerSample = total((job) => job.processSeconds) / total((job) => job.samples);
    const overhead = total((job) => job.overheadSeconds) / known.jobs.length;
    return { seconds: overhead + samples * secondsPerSample, basis: 'measured' };
  }
  const enlarged = samples * passes[work.scale];
  if (known.samplesPerSecond !== null)
    return { seconds: START_UP + (enlarged * WHOLE_JOB) / known.samplesPerSecond, basis: 'tried' };
  return { seconds: START_UP + enlarged / (known.framesPerSecond * 960 * 540), basis: 'assumed' };
}
