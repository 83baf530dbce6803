import { Job, type Progress } from '../../src/index.ts';

/** A valid queued job; pass what matters to the test. */
export function jobWith(change: Partial<Job>): Job {
  return Job.parse({
    id: 'job-1',
    position: 1,
    task: { source: '/clips/a.mp4' },
    media,
    estimate: { seconds: 4, basis: 'assumed', outputBytes: 1000, credits: null, width: 1920, height: 1080, frames: 48 },
    state: 'queued',
    attempts: 0,
    createdAt: 0,
    startedAt: null,
    endedAt: null,
    error: null,
    output: null,
    delivery: 'none',
    host: null,
    steps: [],
    revision: 1,
    ...change,
  });
}

export function progressAt(fraction: number): Progress {
  return { stage: 'process', fraction, framesDone: 1, framesTotal: 48, framesPerSecond: null, secondsLeft: null };
}

const media = {
  container: 'mov',
  codec: 'h264',
  width: 960,
  height: 540,
  rotation: 0,
  sampleAspect: { num: 1, den: 1 },
  frameRate: { num: 24, den: 1 },
  timing: 'constant',
  frameCount: 48,
  durationSeconds: 2,
  chroma: '420',
  bitDepth: 8,
  alpha: false,
  scan: 'progressive',
  color: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' },
  timecode: null,
  audio: [],
  sizeBytes: 1000,
  modifiedMs: 0,
} as const;
