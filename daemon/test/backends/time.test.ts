import { describe, expect, test } from 'vitest';
import { estimateTime, type KnownSpeeds, samplesOf, type Work } from '../../src/backends/local/time.ts';

const hd: Work = { frames: 240, trialFrames: 3, width: 1280, height: 720, scale: 2 };
const nothing: KnownSpeeds = { jobs: [], samplesPerSecond: null, framesPerSecond: 12 };

describe('before anything was measured', () => {
  test("the catalogue's figure counts, for frames of 960x540", () => {
    const { seconds, basis } = estimateTime({ ...hd, width: 960, height: 540, trialFrames: 0 }, nothing);
    expect(seconds).toBeCloseTo(2 + 240 / 12);
    expect(basis).toBe('assumed');
  });

  test('4x takes five times as long as 2x, start-up aside', () => {
    const [twice, fourTimes] = [estimateTime(hd, nothing), estimateTime({ ...hd, scale: 4 }, nothing)];
    expect(fourTimes.seconds - 2).toBeCloseTo(5 * (twice.seconds - 2));
  });

  test('a trial on this computer says more than the catalogue', () => {
    const { seconds, basis } = estimateTime(hd, { ...nothing, samplesPerSecond: 1280 * 720 * 30 });
    expect(seconds).toBeCloseTo(2 + (243 / 30) * 1.3);
    expect(basis).toBe('tried');
  });
});

describe('after the first job', () => {
  /** A computer on which a sample takes 20 ns, small frames a tenth longer, and a job 1.5 s besides. */
  const secondsOf = (work: Work): number =>
    1.5 + samplesOf(work) * 20e-9 * (work.width * work.height < 500_000 ? 1.1 : 1);
  const jobOf = (work: Work) => ({
    samples: samplesOf(work),
    processSeconds: secondsOf(work) - 1.5,
    overheadSeconds: 1.5,
  });

  test.each([
    ['the same length and size', {}],
    ['another length', { frames: 24, trialFrames: 2 }],
    ['another size', { width: 640, height: 360 }],
    ['another length and size', { frames: 3000, trialFrames: 5, width: 1920, height: 1080 }],
  ])('the time of a job of %s is within 30 %%', (_what, change) => {
    const work = { ...hd, ...change };
    const { seconds, basis } = estimateTime(work, { ...nothing, samplesPerSecond: 1, jobs: [jobOf(hd)] });
    expect(basis).toBe('measured');
    expect(seconds / secondsOf(work)).toBeGreaterThan(0.7);
    expect(seconds / secondsOf(work)).toBeLessThan(1.3);
  });

  test('long jobs count for more than short ones', () => {
    const short = { samples: 1e6, processSeconds: 1, overheadSeconds: 2 };
    const long = { samples: 1e9, processSeconds: 20, overheadSeconds: 2 };
    const work = { ...hd, frames: 97, width: 1000, height: 1000 };
    expect(estimateTime(work, { ...nothing, jobs: [short, long] }).seconds).toBeCloseTo(2 + 2.1, 1);
  });
});
