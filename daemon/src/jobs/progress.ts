import type { Progress, Stage } from '@uprez/shared';

/** What a backend says about a running job. */
export interface Sample {
  stage: Stage;
  framesDone: number;
  framesTotal: number;
}

/** Progress of one run, and what is needed to go on from it. */
export interface Track {
  readonly progress: Progress;
  /** Last point from which the speed was taken. */
  readonly mark: { readonly at: number; readonly frames: number };
}

/** Share of the whole job at which each stage begins and ends; processing takes nearly all of the time. */
const spans: Record<Stage, readonly [from: number, to: number]> = {
  prepare: [0, 0.02],
  upload: [0.02, 0.15],
  process: [0.02, 0.95],
  download: [0.93, 0.95],
  finish: [0.95, 0.98],
  verify: [0.98, 1],
};

/** Shorter spans measure the reports' rhythm rather than the work's. */
const MIN_SPAN_MS = 500;
/** Time after which an old speed has lost two thirds of its weight. */
const MEMORY_MS = 10_000;

/** The track after a sample: smoothed speed, time left, and a share that never falls. */
export function advance(track: Track | undefined, sample: Sample, at: number): Track {
  const before = track && track.progress.stage === sample.stage ? track : undefined;
  const { speed, mark } = measure(before, sample, at);
  const left = Math.max(0, sample.framesTotal - sample.framesDone);
  const progress: Progress = {
    stage: sample.stage,
    fraction: Math.max(track?.progress.fraction ?? 0, share(sample)),
    framesDone: sample.framesDone,
    framesTotal: sample.framesTotal,
    framesPerSecond: speed,
    secondsLeft: speed === null ? null : left / speed,
  };
  return { progress, mark };
}

function measure(track: Track | undefined, sample: Sample, at: number): { speed: number | null; mark: Track['mark'] } {
  const here = { at, frames: sample.framesDone };
  // The first sample is no measurement: a resumed job starts with the frames of earlier runs.
  if (!track || sample.framesDone < track.mark.frames) return { speed: null, mark: here };
  const spanMs = at - track.mark.at;
  const frames = sample.framesDone - track.mark.frames;
  const known = track.progress.framesPerSecond;
  if (spanMs < MIN_SPAN_MS || frames === 0) return { speed: known, mark: track.mark };
  const current = (frames * 1000) / spanMs;
  const weight = 1 - Math.exp(-spanMs / MEMORY_MS);
  return { speed: known === null ? current : known + weight * (current - known), mark: here };
}

function share({ stage, framesDone, framesTotal }: Sample): number {
  const [from, to] = spans[stage];
  const inside = framesTotal > 0 ? Math.min(1, framesDone / framesTotal) : 0;
  return from + inside * (to - from);
}
