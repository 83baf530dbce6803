import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Way } from '@uprez/shared';
import { findFfmpeg } from '../../daemon/src/media/find-ffmpeg.ts';
import { ModelRegistry } from '../../daemon/src/models/registry.ts';
import { benchClip } from './clips.ts';
import { callLatency } from './latency.ts';
import type { Cost } from './measure.ts';
import { framesPerSecondOf } from './other-model.ts';
import { wholePipeline } from './pipeline.ts';
import { benchPlan, type BenchTools } from './plan.ts';
import { compareEncoders } from './prores.ts';
import { printTable, type Row } from './table.ts';
import { decodeAlone, encodeAlone, inferenceAlone } from './stages.ts';

/**
 * Measures the local path in one run. Flags: `--model fast`, `--seconds 10`, `--long` (compares the memory of a 6 s and a
 * 60 s clip), `--compare model.onnx` (an RGB network to measure bare inference against),
 * `--provider webgpu`, `--precision int8`, `--latency` (only how quickly the daemon answers during a job), `--json`.
 */
const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: 'fast' },
    seconds: { type: 'string', default: '10' },
    long: { type: 'boolean', default: false },
    compare: { type: 'string' },
    provider: { type: 'string', default: 'cpu' },
    precision: { type: 'string', default: 'fp32' },
    latency: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'uprez-bench-'));
try {
  const rows = await bench(folder);
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(Object.fromEntries(rows.map((row) => [row.name, row])), null, 2)}\n`
      : printTable(rows),
  );
} finally {
  await rm(folder, { recursive: true });
}

async function bench(into: string): Promise<Row[]> {
  const ffmpeg = (await findFfmpeg(process.env['UPREZ_FFMPEG_PATH'] ?? null, process.env['PATH'] ?? '')).path;
  const models = new ModelRegistry([fileURLToPath(new URL('../../models', import.meta.url))]);
  const threads = availableParallelism();
  const way = Way.parse(flags);
  const tools = { ffmpeg, model: models.engineModel(flags.model), way, threads, folder: into };
  if (flags.latency) return callLatency(tools, flags.model);
  return [...(await stages(tools)), ...(await memoryByLength(tools))];
}

async function stages(tools: BenchTools): Promise<Row[]> {
  const clip = await benchClip(tools.ffmpeg, tools.folder, { picture: 'detail', seconds: Number(flags.seconds) });
  const plan = benchPlan(clip, tools);
  const count = clip.frames;
  const decode = await decodeAlone(plan, count);
  // Before and after: what a computer's clock does meanwhile (heat, neighbours) cancels out.
  const before = await inferenceAlone(plan, Math.ceil(count / 2));
  const whole = await wholePipeline(plan);
  const after = await inferenceAlone(plan, Math.floor(count / 2));
  const inference = sum(before, after);
  const { results } = before;
  const { quantiser } = whole;
  const encode = await encodeAlone(plan, results, { count, quantiser });
  const cpu = (decode.cpuSeconds ?? 0) + (inference.cpuSeconds ?? 0) + (encode.cpuSeconds ?? 0);
  const bound = Math.max(cpu / tools.threads, inference.wallSeconds);
  const rows: Row[] = [
    { name: 'decode alone', ...costs(decode, count) },
    { name: 'inference alone', ...costs(inference, count) },
    { name: 'encode alone', ...costs(encode, count) },
    { name: 'whole pipeline', ...costs(whole, count), memory: whole.memory },
    { name: 'pipeline ÷ bound', ratio: whole.wallSeconds / bound, limit: 1.15 },
    {
      name: 'disk peak ÷ (1.1 × file + 64 MB)',
      ratio: whole.diskPeakBytes / (1.1 * whole.outputBytes + 64e6),
      limit: 1,
    },
  ];
  if (flags.compare)
    rows.push({
      name: 'inference × faster than the compared model',
      ratio:
        count / inference.wallSeconds / (await framesPerSecondOf(flags.compare, { ...clip, threads: tools.threads })),
      atLeast: 40,
    });
  return [...rows, ...(await encoders(tools, { frames: results, quantiser }))];
}

async function encoders(
  tools: BenchTools,
  detail: { frames: readonly Uint8Array[]; quantiser: number },
): Promise<Row[]> {
  const noisyClip = await benchClip(tools.ffmpeg, tools.folder, { picture: 'noisy', seconds: 4 });
  const noisy = benchPlan(noisyClip, tools);
  const noisyFrames = (await inferenceAlone(noisy, 0)).results;
  const { quantiser } = await wholePipeline(noisy);
  const cases = [
    { name: 'detail', ...detail },
    { name: 'noisy', frames: noisyFrames, quantiser },
  ];
  const rows: Row[] = [];
  for (const { name, frames, quantiser: q } of cases) {
    const { ours, defaults } = await compareEncoders(noisy, frames, { quantiser: q, folder: tools.folder });
    rows.push(
      {
        name: `ProRes ${name}: × faster than defaults (q ${q})`,
        ratio: (defaults.cpuSeconds ?? 0) / (ours.cpuSeconds ?? 1),
        atLeast: 3.5,
      },
      { name: `ProRes ${name}: PSNR Y gained, dB`, ratio: ours.psnrY - defaults.psnrY, atLeast: 0 },
      { name: `ProRes ${name}: rate ÷ HQ target`, ratio: ours.rate, limit: 1.25 },
    );
  }
  return rows;
}

async function memoryByLength(tools: BenchTools): Promise<Row[]> {
  if (!flags.long) return [];
  const peaks: number[] = [];
  for (const seconds of [6, 60]) {
    const clip = await benchClip(tools.ffmpeg, tools.folder, { picture: 'detail', seconds });
    const { memory } = await wholePipeline(benchPlan(clip, tools));
    peaks.push(Object.values(memory).reduce((sum, bytes) => sum + bytes, 0));
  }
  return [{ name: 'memory of 60 s ÷ 6 s', ratio: (peaks[1] ?? 0) / (peaks[0] ?? 1), limit: 1.1 }];
}

function sum(one: Cost, other: Cost): Cost {
  return {
    wallSeconds: one.wallSeconds + other.wallSeconds,
    cpuSeconds: (one.cpuSeconds ?? 0) + (other.cpuSeconds ?? 0),
  };
}

function costs(cost: Cost, frames: number): Pick<Row, 'fps' | 'wallSeconds' | 'cpuSeconds'> {
  return { fps: frames / cost.wallSeconds, wallSeconds: cost.wallSeconds, cpuSeconds: cost.cpuSeconds };
}
