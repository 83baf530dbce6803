import { describe, expect, it } from 'vitest';
import { Attempts } from '../../src/api/attempts.ts';
import { CodeOffer } from '../../src/api/code-offer.ts';
import { Dashboard } from '../../src/api/dashboard.ts';
import { Feed } from '../../src/jobs/feed.ts';
import { LiveProgress } from '../../src/jobs/live-progress.ts';
import { ManualClock } from '../support/manual-clock.ts';

const DAY = 86_400_000;

describe('a clock that is set', () => {
  it.each([-DAY, DAY])('by %i ms changes nothing about how long a pairing code is good', (jump) => {
    const clock = new ManualClock();
    const codes = new CodeOffer(clock);
    const { code } = codes.open();
    clock.jump(jump);
    expect(codes.take()).toBe(code);
    clock.advance(120_000);
    expect(() => codes.take()).toThrow(/not paired/);
  });

  it('back does not open the door to a guesser again, nor keep it shut for a day', () => {
    const clock = new ManualClock();
    const attempts = new Attempts(clock);
    for (let i = 0; i < 10; i++) attempts.fail();
    clock.jump(DAY);
    expect(() => attempts.check()).toThrow(/Too many/);
    clock.jump(-2 * DAY);
    clock.advance(30_000);
    attempts.check();
  });

  it('does not lengthen the life of a one-time link', () => {
    const clock = new ManualClock();
    const dashboard = new Dashboard(clock);
    const link = dashboard.link().split('/').at(-1)!;
    clock.jump(-DAY);
    clock.advance(60_000);
    expect(dashboard.redeem(link)).toBeUndefined();
  });

  it.each([-DAY, DAY])('by %i ms gives no strange speeds and times left', (jump) => {
    const clock = new ManualClock();
    const live = new LiveProgress(new Feed(), clock);
    live.begin('a');
    const report = (framesDone: number): void => live.report('a', { stage: 'process', framesDone, framesTotal: 100 });
    report(0);
    clock.advance(1000);
    report(10);
    clock.jump(jump);
    clock.advance(1000);
    report(20);
    expect(live.all()['a']).toMatchObject({ framesPerSecond: 10, secondsLeft: 8 });
  });
});
