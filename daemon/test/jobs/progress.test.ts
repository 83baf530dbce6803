import type { Stage } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { Feed } from '../../src/jobs/feed.ts';
import { LiveProgress } from '../../src/jobs/live-progress.ts';
import { advance, type Track } from '../../src/jobs/progress.ts';
import { ManualClock } from '../support/manual-clock.ts';

type Point = [stage: Stage, framesDone: number, seconds: number];

function after(points: Point[], framesTotal = 100): Track {
  let track: Track | undefined;
  for (const [stage, framesDone, seconds] of points)
    track = advance(track, { stage, framesDone, framesTotal }, seconds * 1000);
  return track!;
}

describe('progress', () => {
  it('knows no speed from a single point', () => {
    expect(after([['process', 10, 0]]).progress).toMatchObject({ framesPerSecond: null, secondsLeft: null });
  });

  it('does not count frames of an earlier run as work of this one', () => {
    const { progress } = after([
      ['process', 50, 0],
      ['process', 60, 2],
    ]);
    expect(progress).toMatchObject({ framesPerSecond: 5, secondsLeft: 8 });
  });

  it('smooths the speed, so that one slow moment changes little', () => {
    const { progress } = after([
      ['process', 0, 0],
      ['process', 10, 1],
      ['process', 11, 2],
    ]);
    expect(progress.framesPerSecond).toBeGreaterThan(8);
    expect(progress.framesPerSecond).toBeLessThan(10);
  });

  it('never falls', () => {
    const { progress } = after([
      ['process', 90, 0],
      ['process', 10, 1],
    ]);
    expect(progress.fraction).toBeCloseTo(0.02 + 0.9 * 0.93);
    expect(progress.framesDone).toBe(10);
  });

  it('reaches the whole only with the last stage', () => {
    expect(after([['process', 100, 0]]).progress.fraction).toBeCloseTo(0.95);
    expect(after([['verify', 100, 0]]).progress.fraction).toBe(1);
  });

  it('stays between 0 and 1 whatever is reported', () => {
    expect(after([['process', 500, 0]]).progress.fraction).toBeLessThanOrEqual(1);
    expect(after([['process', 0, 0]], 0).progress.fraction).toBeGreaterThanOrEqual(0);
  });
});

describe('live progress', () => {
  function live() {
    const clock = new ManualClock();
    const feed = new Feed();
    const told: number[] = [];
    feed.subscribe((change) => change.type === 'progress' && told.push(change.progress.framesDone));
    const progress = new LiveProgress(feed, clock);
    progress.begin('a');
    const report = (framesDone: number): void =>
      progress.report('a', { stage: 'process', framesDone, framesTotal: 1000 });
    return { clock, told, progress, report };
  }

  it('is told at most four times a second, always ending with the newest', () => {
    const { clock, told, report } = live();
    for (let frame = 1; frame <= 90; frame++) {
      report(frame);
      clock.advance(10);
    }
    expect(told).toEqual([1, 25, 50, 75]);
    clock.advance(250);
    expect(told.at(-1)).toBe(90);
  });

  it('is told at once after a rest', () => {
    const { clock, told, report } = live();
    report(1);
    clock.advance(1000);
    report(2);
    expect(told).toEqual([1, 2]);
  });

  it('is silent after the job has ended', () => {
    const { clock, told, progress, report } = live();
    report(1);
    report(2);
    progress.end('a');
    report(3);
    clock.advance(1000);
    expect([told, progress.all()]).toEqual([[1], {}]);
  });
});
