import { describe, expect, test } from 'vitest';
import { decide } from '../../src/engine/scan.ts';

const codes = (scan: ReturnType<typeof decide>): string[] => scan.warnings.map(({ code }) => code);

describe('a clip that says it is progressive', () => {
  test('is left alone when it looks like it', () => {
    expect(decide(null, { tff: 0, bff: 0, progressive: 72 })).toEqual({ deinterlace: null, warnings: [] });
  });

  test('is deinterlaced in the order of its fields when most frames show them', () => {
    const scan = decide(null, { tff: 2, bff: 60, progressive: 4 });
    expect(scan.deinterlace).toBe('bff');
    expect(codes(scan)).toEqual(['scan.interlaced']);
  });

  test.each([
    ['some frames, as of a film in video', { tff: 30, bff: 0, progressive: 20 }],
    ['too few frames that move', { tff: 11, bff: 0, progressive: 0 }],
  ])('is believed where the evidence is weak: %s', (_, fields) => {
    expect(decide(null, fields)).toEqual({ deinterlace: null, warnings: [] });
  });
});

describe('a clip that says it is interlaced', () => {
  test('is deinterlaced, in the order that its pictures show', () => {
    expect(decide('auto', { tff: 50, bff: 0, progressive: 0 })).toEqual({ deinterlace: 'tff', warnings: [] });
  });

  test('is deinterlaced as its frames say where nothing moves', () => {
    expect(decide('auto', { tff: 0, bff: 0, progressive: 0 })).toEqual({ deinterlace: 'auto', warnings: [] });
  });

  test('is left alone where its pictures are whole (PsF)', () => {
    const scan = decide('auto', { tff: 0, bff: 1, progressive: 60 });
    expect(scan.deinterlace).toBeNull();
    expect(codes(scan)).toEqual(['scan.progressive']);
  });
});
