import { bytes, duration, type Progress } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { barLine, plainLine } from '../../src/cli/progress-bar.ts';

const halfway: Progress = {
  stage: 'process',
  fraction: 0.5,
  framesDone: 60,
  framesTotal: 120,
  framesPerSecond: 8.44,
  secondsLeft: 7.1,
};

describe('a line of progress', () => {
  it('says percent, frame, speed and time left', () => {
    expect(plainLine('beach.mp4', halfway)).toBe('beach.mp4: 50 %, frame 60/120, 8.4 fps, 8 s left');
  });

  it('leaves out what is not known yet', () => {
    expect(plainLine('a.mp4', { ...halfway, framesPerSecond: null, secondsLeft: null })).toBe(
      'a.mp4: 50 %, frame 60/120',
    );
  });

  it('says what is happening before and after the frames', () => {
    expect(
      plainLine('a.mp4', { ...halfway, stage: 'verify', fraction: 0.99, framesPerSecond: null, secondsLeft: null }),
    ).toBe('a.mp4: 99 %, checking the file');
  });

  it('fills as much of the bar as is done', () => {
    const line = barLine('a.mp4', halfway, 100);
    expect(line.split('█').length).toBe(line.split('░').length);
    expect(barLine('a.mp4', { ...halfway, fraction: 1 }, 100)).not.toContain('░');
  });

  it.each([20, 40, 60, 80, 120, 200])('never fills the last of %i columns', (columns) => {
    const name = 'a very long name of a clip that somebody exported twice.mp4';
    expect(barLine(name, halfway, columns).length).toBeLessThan(columns);
  });
});

describe('amounts', () => {
  it.each([
    [0.2, '1 s'],
    [59, '59 s'],
    [59.5, '1:00 min'],
    [125, '2:05 min'],
    [3725, '1:02:05 h'],
  ])('%d seconds read %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [24_300_000, '24.3 MB'],
    [5e12, '5.0 TB'],
    [1e16, '10000.0 TB'],
  ])('%d bytes read %s', (count, text) => {
    expect(bytes(count)).toBe(text);
  });
});
