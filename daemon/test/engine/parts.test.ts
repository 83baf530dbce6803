import { frameRate } from '@uprez/shared';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { frameSpan } from '../../src/engine/findings.ts';
import { FrameFacts } from '../../src/engine/frame-facts.ts';
import { Handover } from '../../src/engine/handover.ts';
import { planesLayout } from '../../src/engine/planes.ts';
import { targetFrameBytes } from '../../src/engine/quantiser.ts';
import { segmentOf } from '../../src/engine/segments.ts';
import { samplesAt } from '../../src/engine/sound.ts';
import { RunningStatistics } from '../../src/engine/statistics.ts';
import { ByteReader } from '../../src/media/byte-reader.ts';
import { codeOf } from '../support/errors.ts';

describe('ranges', () => {
  test.each([
    [100, { from: 0, to: null }, 0, { firstFrame: 0, frameCount: 100 }],
    [100, { from: 10, to: 20 }, 0, { firstFrame: 10, frameCount: 10 }],
    [100, { from: 10, to: 20 }, 4, { firstFrame: 6, frameCount: 18 }],
    [100, { from: 2, to: 99 }, 4, { firstFrame: 0, frameCount: 100 }],
    [100, { from: 90, to: 500 }, 0, { firstFrame: 90, frameCount: 10 }],
  ])('of %i frames %o with %i handles', (total, range, handles, expected) => {
    expect(frameSpan(total, range, handles)).toEqual(expected);
  });

  test('that hold nothing are refused', async () => {
    expect(await codeOf(() => frameSpan(100, { from: 100, to: null }, 10))).toBe('input.empty-range');
    expect(await codeOf(() => frameSpan(100, { from: 20, to: 20 }, 0))).toBe('input.empty-range');
  });
});

test('segments cover every frame once; the last one is as short as it has to be', () => {
  const layout = { frameCount: 50, framesPerSegment: 24 };
  expect([0, 23, 24, 49].map((frame) => segmentOf(frame, layout))).toEqual([
    { index: 0, first: 0, end: 24 },
    { index: 0, first: 0, end: 24 },
    { index: 1, first: 24, end: 48 },
    { index: 2, first: 48, end: 50 },
  ]);
});

test('sound is cut at the exact time of frames, so that its rounding never adds up', () => {
  const rate = frameRate(30000, 1001);
  const lengths = Array.from({ length: 30_000 }, (_, i) => samplesAt(i + 1, rate, 48_000) - samplesAt(i, rate, 48_000));
  expect(new Set(lengths)).toEqual(new Set([1601, 1602]));
  expect(samplesAt(30_000, rate, 48_000)).toBe(1001 * 48_000);
});

test('the HQ target of 1080p at 29.97 fps is 220 Mb/s', () => {
  const bitsPerSecond = (targetFrameBytes({ width: 1920, height: 1080 }) * 8 * 30_000) / 1001;
  expect(bitsPerSecond / 1e6).toBeCloseTo(220, 0);
});

test('planes lie one after the other, chroma rounded up at odd sizes', () => {
  expect(planesLayout({ width: 5, height: 3, chroma: '420', depth: 8 })).toEqual({
    bytesPerSample: 1,
    y: { width: 5, height: 3, start: 0, length: 15 },
    u: { width: 3, height: 2, start: 15, length: 6 },
    v: { width: 3, height: 2, start: 21, length: 6 },
    byteLength: 27,
  });
  expect(planesLayout({ width: 4, height: 2, chroma: '422', depth: 10 }).byteLength).toBe(32);
});

test('statistics of a series without keeping it', () => {
  const statistics = new RunningStatistics();
  for (const value of [2, 4, 4, 4, 5, 5, 7, 9]) statistics.add(value);
  const { deviationMs, ...rest } = statistics.summary();
  expect(rest).toEqual({ count: 8, minMs: 2, maxMs: 9, meanMs: 5 });
  expect(deviationMs).toBeCloseTo(Math.sqrt(32 / 7));
  expect(new RunningStatistics().summary()).toEqual({ count: 0, minMs: 0, maxMs: 0, meanMs: 0, deviationMs: 0 });
});

test('a digest belongs to the last frame of its segment', () => {
  const facts = new FrameFacts({ frameCount: 30, framesPerSegment: 24 });
  facts.sawSource(22, new ArrayBuffer(1));
  facts.sawSource(23, new ArrayBuffer(2));
  facts.sawSource(29, new ArrayBuffer(3));
  const [first, second] = [facts.sourceDigest(0), facts.sourceDigest(1)];
  expect(first).toMatch(/^[0-9a-f]{40}$/);
  expect(second).toMatch(/^[0-9a-f]{40}$/);
  expect(second).not.toBe(first);
});

describe('a handover', () => {
  test('keeps the order and never gets further ahead than its capacity', async () => {
    const handover = new Handover<number>(2);
    let sent = 0;
    const sending = (async () => {
      for (; sent < 6; sent++) await handover.put(sent);
      handover.end();
    })();
    const received: number[] = [];
    for await (const value of handover) {
      expect(sent - received.length).toBeLessThanOrEqual(3);
      received.push(value);
    }
    await sending;
    expect(received).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('that is narrowed gives what waits, and takes more when there is room again', async () => {
    const handover = new Handover<number>(3);
    for (const value of [0, 1, 2]) await handover.put(value);
    handover.narrow(1);
    let taken = false;
    const sending = handover.put(3).then(() => {
      taken = true;
      handover.end();
    });
    const received: number[] = [];
    for await (const value of handover) {
      received.push(value);
      if (received.length < 3) expect(taken).toBe(false);
    }
    await sending;
    expect(received).toEqual([0, 1, 2, 3]);
  });

  test('that ends frees a sender who waits', async () => {
    const handover = new Handover<number>(1);
    await handover.put(1);
    const waiting = handover.put(2);
    handover.end();
    await expect(waiting).resolves.toBeUndefined();
  });
});

describe('reading exact amounts', () => {
  test('puts chunks together and takes them apart', async () => {
    const reader = new ByteReader(Readable.from([Buffer.from('abc'), Buffer.from('defgh')], { objectMode: false }));
    const target = new Uint8Array(4);
    expect(await reader.fill(target)).toEqual({ complete: true, bytes: 4 });
    expect(Buffer.from(target).toString()).toBe('abcd');
    expect(await reader.fill(target)).toEqual({ complete: true, bytes: 4 });
    expect(Buffer.from(target).toString()).toBe('efgh');
    expect(await reader.fill(target)).toEqual({ complete: false, bytes: 0 });
  });

  test('tells how much there was before the end', async () => {
    const reader = new ByteReader(Readable.from([Buffer.from('abc')], { objectMode: false }));
    expect(await reader.fill(new Uint8Array(8))).toEqual({ complete: false, bytes: 3 });
  });
});
