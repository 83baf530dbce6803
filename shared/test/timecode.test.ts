import { describe, expect, it } from 'vitest';
import {
  allowsDropFrame,
  formatTimecode,
  framesToSeconds,
  framesToTicks,
  frameRate,
  parseTime,
  parseTimecode,
  secondsToFrames,
  ticksToFrames,
} from '../src/index.ts';

const ntsc = frameRate(30000, 1001);
const doubleNtsc = frameRate(60000, 1001);
const film = frameRate(24000, 1001);
const pal = frameRate(25);

describe('drop-frame timecode', () => {
  // SMPTE ST 12-1: numbers 0 and 1 are skipped at each minute that is not a multiple of ten.
  it.each([
    [0, '00:00:00;00'],
    [1799, '00:00:59;29'],
    [1800, '00:01:00;02'],
    [3597, '00:01:59;29'],
    [3598, '00:02:00;02'],
    [17981, '00:09:59;29'],
    [17982, '00:10:00;00'],
    [17982 + 1800, '00:11:00;02'],
    [107892, '01:00:00;00'],
  ])('frame %i at 29.97 is %s', (frame, text) => {
    expect(formatTimecode(frame, ntsc, true)).toBe(text);
    expect(parseTimecode(text, ntsc)).toBe(frame);
  });

  it.each([
    [3599, '00:00:59;59'],
    [3600, '00:01:00;04'],
    [35964, '00:10:00;00'],
  ])('frame %i at 59.94 is %s', (frame, text) => {
    expect(formatTimecode(frame, doubleNtsc, true)).toBe(text);
    expect(parseTimecode(text, doubleNtsc)).toBe(frame);
  });

  it.each([
    ['29.97', ntsc, 107_892],
    ['59.94', doubleNtsc, 215_784],
  ])('survives a round trip for every frame of an hour at %s', (_name, rate, frames) => {
    const wrong: number[] = [];
    for (let frame = 0; frame < frames; frame++)
      if (parseTimecode(formatTimecode(frame, rate, true), rate) !== frame) wrong.push(frame);
    expect(wrong).toEqual([]);
  });

  it('refuses the numbers that drop-frame skips', () => {
    expect(() => parseTimecode('00:01:00;00', ntsc)).toThrow('is not a time');
    expect(() => parseTimecode('00:01:00;01', ntsc)).toThrow('is not a time');
    expect(parseTimecode('00:10:00;00', ntsc)).toBe(17982);
  });

  it('exists at 29.97 and 59.94 only', () => {
    expect([ntsc, doubleNtsc, film, pal].map(allowsDropFrame)).toEqual([true, true, false, false]);
    expect(() => parseTimecode('00:00:01;00', pal)).toThrow('is not a time');
  });
});

describe('timecode without dropping', () => {
  it('counts frames of the rounded rate', () => {
    expect(formatTimecode(24, film)).toBe('00:00:01:00');
    expect(formatTimecode(90_000, pal)).toBe('01:00:00:00');
    expect(parseTimecode('01:00:00:00', pal)).toBe(90_000);
    expect(parseTimecode('01:00:00:00', film)).toBe(86_400);
  });

  it('starts again after a day', () => {
    expect(formatTimecode(25 * 86_400, pal)).toBe('00:00:00:00');
  });

  it.each(['00:00:00:25', '00:60:00:00', '00:00:60:00', '1:2:3', 'abc', ''])('refuses %j at 25', (text) => {
    expect(() => parseTimecode(text, pal)).toThrow('is not a time');
  });
});

describe('times as people type them', () => {
  it.each([
    ['0', 0],
    ['3.5', 88],
    ['12', 300],
    ['00:00:12', 300],
    ['00:00:12.040', 301],
    ['01:00:00.5', 90_013],
    ['00:00:12:01', 301],
  ])('%s at 25 is frame %i', (text, frame) => {
    expect(parseTime(text, pal)).toBe(frame);
  });

  it.each(['-1', 'soon', '1:2', '3,5', '00:00:12.0401', '1e3'])('refuses %j', (text) => {
    expect(() => parseTime(text, pal)).toThrow('is not a time');
  });
});

describe('ticks', () => {
  it('are exact for the rates of film and television', () => {
    expect(framesToTicks(1, pal)).toBe(10_160_640_000n);
    expect(framesToTicks(1, ntsc)).toBe(8_475_667_200n);
    expect(framesToTicks(1, film)).toBe(10_594_584_000n);
  });

  it.each([film, frameRate(24), pal, ntsc, frameRate(30), frameRate(50), doubleNtsc, frameRate(60), frameRate(7, 3)])(
    'lead back to the frame they came from at $num/$den',
    (rate) => {
      const wrong: number[] = [];
      for (let frame = 0; frame < 20_000; frame++) {
        const start = framesToTicks(frame, rate);
        if (ticksToFrames(start, rate) !== frame) wrong.push(frame);
        if (frame > 0 && ticksToFrames(start - 1n, rate) !== frame - 1) wrong.push(-frame);
      }
      expect(wrong).toEqual([]);
    },
  );
});

describe('seconds', () => {
  it('lead back to the frame they came from', () => {
    const wrong: number[] = [];
    for (let frame = 0; frame < 100_000; frame++)
      if (secondsToFrames(framesToSeconds(frame, ntsc), ntsc) !== frame) wrong.push(frame);
    expect(wrong).toEqual([]);
  });
});
