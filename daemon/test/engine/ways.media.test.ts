import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { plainWay as plain, type Way } from '@uprez/shared';
import { describe, expect, test } from 'vitest';
import type { Attempt } from '../../src/engine/attempts.ts';
import type { PlanesFormat } from '../../src/models/planes-format.ts';
import { tinyModel } from '../support/cores.ts';
import { codeOf } from '../support/errors.ts';
import { busyFrame, difference, enlarge, fastModel, openInference } from '../support/inference.ts';
import { tempDir } from '../support/temp-dir.ts';

const format: PlanesFormat = {
  width: 160,
  height: 120,
  chroma: '420',
  depth: 8,
  range: 'limited',
  matrix: '709',
  grey: false,
};
const int8: Way = { provider: 'cpu', precision: 'int8' };
const fp16: Way = { provider: 'cpu', precision: 'fp16' };
/** No package carries it for this platform, so opening a session fails. */
const impossible: Way = { provider: process.platform === 'win32' ? 'coreml' : 'dml', precision: 'fp16' };

test('16-bit floats in the hidden layers change no code by more than two', async () => {
  const known = await enlarge({ format, model: fastModel, ways: [plain] });
  const half = await enlarge({ format, model: fastModel, ways: [fp16] });
  expect(difference(known, half).most).toBeLessThanOrEqual(2);
  expect(difference(known, half).most).toBeGreaterThan(0);
});

test('8-bit hidden layers give nearly the same picture', async () => {
  using folder = tempDir();
  const model = tinyModel(folder);
  const known = await enlarge({ format, model, ways: [plain] });
  const eight = await enlarge({ format, model, ways: [int8] });
  expect(difference(known, eight).mean).toBeLessThan(1);
  expect(difference(known, eight).most).toBeGreaterThan(0);
});

describe('tiles give what the whole frame gives, to the code', () => {
  const cases: Partial<PlanesFormat>[] = [
    {},
    { width: 303, height: 205 },
    { chroma: '422', depth: 10 },
    { chroma: '444', depth: 10, width: 301 },
  ];
  test.each(cases)('%o', async (change) => {
    using folder = tempDir();
    const setup = { format: { ...format, width: 302, height: 206, ...change } };
    for (const [model, way] of [
      [fastModel, plain],
      [tinyModel(folder), plain],
      [tinyModel(folder), int8],
    ] as const) {
      const whole = await enlarge({ ...setup, model, ways: [way] });
      const tiled = await enlarge({ ...setup, model, ways: [way], mostSamples: 128 * 128 });
      expect(difference(whole, tiled)).toEqual({ mean: 0, most: 0 });
    }
  });

  test('also where a frame grows twice', async () => {
    using folder = tempDir();
    const setup = { format, scale: 4, model: tinyModel(folder), ways: [plain] } as const;
    const [whole, tiled] = [await enlarge(setup), await enlarge({ ...setup, mostSamples: 100 * 100 })];
    expect(difference(whole, tiled)).toEqual({ mean: 0, most: 0 });
  });
});

describe('a way that fails is left for the next one', () => {
  test('where the platform has no such provider', async () => {
    const changes: [Attempt, string][] = [];
    const found = await enlarge({ format, model: fastModel, ways: [impossible, plain] }, (...change) =>
      changes.push(change),
    );
    const known = await enlarge({ format, model: fastModel, ways: [plain] });
    expect(difference(found, known).most).toBe(0);
    expect(changes).toEqual([[expect.objectContaining({ way: plain, halvings: 0 }), expect.stringMatching(/\w/)]]);
  });

  test('where the numbers are wrong', async () => {
    using folder = tempDir();
    const model = tinyModel(folder, { wrong: true });
    const changes: [Attempt, string][] = [];
    const found = await enlarge({ format, model, ways: [int8, plain] }, (...change) => changes.push(change));
    const known = await enlarge({ format, model, ways: [plain] });
    expect(difference(found, known).most).toBe(0);
    expect(changes[0]?.[1]).toMatch(/off by .* codes/);
  });

  test('and the job fails when what can’t be read shows before the first frame', async () => {
    using folder = tempDir();
    const model = tinyModel(folder);
    const plainFile = folder.file('tiny.onnx');
    rmSync(plainFile);
    const inference = await openInference({ format, model, ways: [int8, plain] });
    // After as many reads of the test's own, the threads' has failed long since.
    for (let reads = 0; reads < 20; reads++) await expect(readFile(plainFile)).rejects.toThrow('ENOENT');
    expect(await codeOf(inference.double(0, busyFrame(format)))).toBe('local.inference-failed');
    await inference.close();
  });

  test('and the job fails when none is left', async () => {
    expect(await codeOf(enlarge({ format, model: fastModel, ways: [impossible] }))).toBe('local.inference-failed');
  });
});
