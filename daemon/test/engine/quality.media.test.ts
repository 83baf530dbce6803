import { fileURLToPath } from 'node:url';
import { plainWay, Task } from '@uprez/shared';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { PairMeasure, Segment } from '../../src/backends/backend.ts';
import { runEngine } from '../../src/backends/local/engine-process.ts';
import { enginePlan } from '../../src/backends/local/plan.ts';
import type { EngineResult, EngineTask, Findings } from '../../src/engine/plan.ts';
import { QualityMeter } from '../../src/engine/quality-meter.ts';
import { layoutOf } from '../../src/engine/segments.ts';
import { probe } from '../../src/media/probe.ts';
import { Chance } from '../support/chance.ts';
import { clip, type ClipOptions } from '../support/clips.ts';
import { type LocalDaemon, startLocalDaemon } from '../support/local.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { ffmpegPath } from '../support/tools.ts';

const qualityScript = new URL('../../dist/quality.mjs', import.meta.url);
const engineScript = fileURLToPath(new URL('../../dist/engine.mjs', import.meta.url));

describe('every finished job', () => {
  let local: LocalDaemon;
  beforeAll(async () => {
    local = await startLocalDaemon();
  });
  afterAll(() => local[Symbol.asyncDispose]());

  const formats: { name: string; clip: ClipOptions; scale?: 2 | 4; flickers?: false }[] = [
    { name: '8 bit 4:2:0 at 4x', clip: {}, scale: 4 },
    { name: '10 bit 4:2:2', clip: { pixelFormat: 'yuv422p10le' } },
    { name: '8 bit 4:4:4 full range', clip: { pixelFormat: 'yuvj444p', range: 'pc' } },
    { name: 'odd size', clip: { width: 161, height: 91, pixelFormat: 'yuv444p' } },
  ];
  test.each(formats)('carries its numbers: $name', async ({ clip: options, scale = 2 }) => {
    const source = await clip({ frames: 50, ...options });
    const { quality, sizeBytes } = await local.upscale(source, { scale, deband: 'off' });
    expect(quality?.pairs).toBe(2);
    // With nothing added, plain interpolation has by definition as much flicker as plain interpolation.
    expect(quality?.flicker).toBeCloseTo(1, 6);
    expect(quality?.still).toBeGreaterThan(0.2);
    expect(quality?.consistencyDb).toBeGreaterThan(25);
    expect(quality?.frameBytes).toBeLessThan(sizeBytes / 50);
  });

  it('is nearer to its source with the model than with interpolation', async () => {
    const source = await clip({ frames: 26, picture: 'mandelbrot' });
    const [fast, bicubic] = [await local.upscale(source, { model: 'fast' }), await local.upscale(source)];
    expect(fast.quality?.consistencyDb).toBeGreaterThan(bicubic.quality?.consistencyDb ?? Infinity);
  });

  it('has none of what needs two frames when there is one', async () => {
    const { quality } = await local.upscale(await clip({ frames: 1 }));
    expect(quality).toMatchObject({ pairs: 0, consistencyDb: null, flicker: null });
  });
});

describe('the flicker index', () => {
  const format = {
    width: 64,
    height: 48,
    chroma: '420',
    depth: 8,
    range: 'limited',
    matrix: '709',
    grey: false,
  } as const;
  const still = new Uint8Array(64 * 48 * 1.5).map((_, i) => 60 + ((i * 37) % 80));

  it('grows with flicker that the result has and the source has not', async () => {
    const { change: calm } = await measured(() => 0);
    const chance = new Chance(5);
    const { change: uneasy, still: share } = await measured(() => Math.round(6 * chance.fraction()));
    expect([calm, share]).toEqual([0, 1]);
    expect(uneasy).toBeGreaterThan(1);
  });

  async function measured(noise: () => number): Promise<PairMeasure> {
    const meter = new QualityMeter(
      { format, scale: 2, look: { gain: 1, offset: 0 } },
      layoutOf({ frameCount: 2 }),
      qualityScript,
    );
    for (const frame of [0, 1]) {
      meter.sawSource(frame, still.buffer);
      meter.sawResult(frame, new Uint8Array(Uint16Array.from({ length: 128 * 96 * 2 }, () => 500 + noise()).buffer));
    }
    const measure = await meter.measure(0);
    await meter.close();
    if (!measure) throw new Error('nothing was measured');
    return measure;
  }
});

describe('a job that is interrupted', () => {
  it('has the same numbers as one that ran through', async () => {
    using folder = tempDir();
    const through = await run(await taskFor(folder, 'through.mov'));
    const task = await taskFor(folder, 'resumed.mov');
    const done: Segment[] = [];
    let findings: Findings | null = null;
    const stop = new AbortController();
    const interrupted = runEngine(task, {
      ...engine,
      signal: stop.signal,
      onMessage: (message) => {
        if (message.type === 'found') findings = message.findings;
        if (message.type !== 'segment') return;
        done.push(message.segment);
        if (done.length === 2) stop.abort(new Error('enough'));
      },
    });
    await expect(interrupted).rejects.toThrow('enough');
    const resumed = await run({ ...task, findings, done });
    expect(resumed.quality.pairs).toBe(3);
    expect(resumed.quality).toEqual(through.quality);
  });

  const engine = { script: engineScript, started: () => undefined, ended: () => undefined };

  function run(task: EngineTask): Promise<EngineResult> {
    return runEngine(task, { ...engine, signal: new AbortController().signal, onMessage: () => undefined });
  }

  async function taskFor(folder: TempDir, name: string): Promise<EngineTask> {
    const source = await clip({ frames: 120 });
    const path = folder.file(name);
    const { output, ...plan } = enginePlan(
      Task.parse({ source, model: 'bicubic', output: path }),
      await probe(source, { maxFileBytes: 1e9 }),
      { ffmpeg: ffmpegPath, model: { kind: 'interpolation' }, ways: [plainWay], threads: 1 },
    );
    return { plan: { ...plan, output: { ...output, path, partial: `${path}.partial` } }, findings: null, done: [] };
  }
});
