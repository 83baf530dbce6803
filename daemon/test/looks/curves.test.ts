import { describe, expect, it, test } from 'vitest';
import { logCurves, partOf, rec709, rec709To } from '../../src/looks/curves.ts';

/** The 10-bit code of a scene reflection. */
const codeOf = (curve: keyof typeof logCurves, reflection: number): number =>
  64 + 876 * logCurves[curve].encode(reflection);

describe('log curves meet their published points', () => {
  test.each([
    ['slog3', 0, 95],
    ['slog3', 0.18, 420],
    ['slog3', 0.9, 598],
    ['clog3', 0, 128],
    ['clog3', 0.18, 351],
    ['cineon', 0, 95],
    ['cineon', 1, 685],
  ] as const)('%s: reflection %d is code %d', (curve, reflection, code) => {
    expect(Math.round(codeOf(curve, reflection))).toBe(code);
  });

  it('logc3: mid-grey is 400 and black 95 of 1023 of the signal', () => {
    expect(1023 * logCurves.logc3.encode(0.18)).toBeCloseTo(400, 1);
    expect(Math.round(1023 * logCurves.logc3.encode(0))).toBe(95);
  });

  it('Rec. 709: a white card is white, and both parts of the curve meet', () => {
    expect(rec709.encode(0.9)).toBeCloseTo(1, 12);
    expect(rec709.encode(0.18)).toBeCloseTo(1.0993 * 0.2 ** 0.45 - 0.0993, 4);
    const joint = 0.9 * 0.018053968510807;
    expect(rec709.encode(joint + 1e-12) - rec709.encode(joint - 1e-12)).toBeLessThan(1e-10);
  });
});

describe('every curve', () => {
  const curves = Object.entries(logCurves).flatMap(([name, curve]) =>
    [1, 0.5, 0.1].map((strength) => [`${name} at ${strength}`, partOf(rec709To(curve), strength)] as const),
  );
  /** Darker than black and brighter than white included. */
  const signals = Array.from({ length: 301 }, (_, i) => -0.25 + i / 200);

  test.each(curves)('%s rises everywhere', (_name, curve) => {
    const encoded = signals.map(curve.encode);
    expect(encoded.slice(1).every((value, i) => value > (encoded[i] ?? Infinity))).toBe(true);
  });

  test.each(curves)('%s comes back exactly', (_name, curve) => {
    const off = signals.map((signal) => Math.abs(curve.decode(curve.encode(signal)) - signal));
    expect(Math.max(...off)).toBeLessThan(1e-9);
  });
});
