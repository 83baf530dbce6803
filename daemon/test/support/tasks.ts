import { type Estimate, type Media, type NewJob, type NewTask, type OutputFile, Task } from '@uprez/shared';
import type { Segment } from '../../src/backends/backend.ts';

/** What a probe would say of a short generated clip. */
export function mediaOf(change: Partial<Media> = {}): Media {
  return {
    container: 'MPEG-4',
    codec: 'AVC',
    width: 960,
    height: 540,
    rotation: 0,
    sampleAspect: { num: 1, den: 1 },
    frameRate: { num: 24, den: 1 },
    timing: 'constant',
    frameCount: 96,
    durationSeconds: 4,
    leadSeconds: 0,
    chroma: '420',
    bitDepth: 8,
    alpha: false,
    scan: 'progressive',
    color: { primaries: 'unknown', transfer: 'unknown', matrix: 'unknown', range: 'unknown' },
    hdr: null,
    timecode: null,
    audio: [],
    sizeBytes: 1_000_000,
    modifiedMs: 1_700_000_000_000,
    ...change,
  };
}

export function taskOf(change: Partial<NewTask> = {}): Task {
  return Task.parse({ source: '/clips/sea.mp4', ...change });
}

export function newJob(change: Partial<NewTask> = {}, rest: Partial<Omit<NewJob, 'task'>> = {}): NewJob {
  return { task: { source: '/clips/sea.mp4', ...change }, ...rest };
}

export const estimate: Estimate = {
  seconds: 10,
  basis: 'assumed',
  outputBytes: 50_000_000,
  credits: null,
  width: 1920,
  height: 1080,
  frames: 96,
};

export const output: OutputFile = {
  path: '/clips/sea_uprez_2x_fast.mov',
  width: 1920,
  height: 1080,
  frames: 96,
  sizeBytes: 48_000_000,
  checks: [{ what: 'frames', expected: '96', found: '96', ok: true }],
  quality: { pairs: 4, consistencyDb: 48.25, flicker: 0.96, still: 0.5, frameBytes: 500_000 },
};

/** Segment number `index` of 24 frames, each of 1000 bytes. */
export function segmentOf(index: number, change: Partial<Segment> = {}): Segment {
  const firstFrame = index * 24;
  const frames = Array.from({ length: 24 }, (_, i) => ({
    number: firstFrame + i,
    offset: (firstFrame + i) * 1000,
    sizeBytes: 1000,
    inferenceMs: 40,
  }));
  const end = (firstFrame + 24) * 1000;
  const quality = { squaredError: 2.25, still: 0.5, change: 0.1, reference: 0.11 };
  const sourceDigest = `digest-${index}`;
  return { index, firstFrame, frames, offset: firstFrame * 1000, end, sourceDigest, quality, ...change };
}
