import { stat } from 'node:fs/promises';
import type { Stage } from '@uprez/shared';
import type { Segment } from '../backends/backend.ts';
import { createMov, type MovWriter, openMov } from '../media/mov/mov-writer.ts';
import { finishOf } from '../models/treatment.ts';
import { asDiskError } from './disk-error.ts';
import { asFound, findTiming } from './findings.ts';
import { Inference } from './inference.ts';
import { runPipeline } from './pipeline.ts';
import type { EncoderChoice, EnginePlan, EngineResult, EngineTask, FromEngine, Timing } from './plan.ts';
import { jobQuality } from './quality.ts';
import { QualityMeter } from './quality-meter.ts';
import { publish } from './publish.ts';
import { chooseEncoder } from './choose-encoder.ts';
import { chooseQuantiser } from './quantiser.ts';
import { layoutOf } from './segments.ts';
import { movTables } from './tables.ts';
import { verify } from './verify.ts';
import { watchMemory } from './memory.ts';

export interface RunOptions {
  send: (message: FromEngine) => void;
  /** Resolves when a segment is on record. */
  record: (segment: Segment) => Promise<void>;
  signal: AbortSignal;
  /** Script of the inference thread. */
  inferenceScript: URL;
  /** Script of the thread that measures. */
  qualityScript: URL;
}

/** One job from source to proven file. What earlier runs found and wrote is not done again. */
export async function runTask(task: EngineTask, options: RunOptions): Promise<EngineResult> {
  const { plan } = task;
  const { send } = options;
  const inference = await Inference.open({ format: plan.source, ...plan }, options.inferenceScript, (now, why) =>
    send({ type: 'way', way: now.way, mostSamples: now.halvings > 0 ? now.most : null, why }),
  );
  try {
    send({ type: 'way', way: inference.way, mostSamples: plan.mostSamples, why: null });
    stage(options, 'prepare', task.done);
    const timing = task.findings ?? (await findTiming(plan, options.signal));
    for (const found of timing.warnings) send({ type: 'warning', warning: found });
    stage(options, 'process', task.done);
    const known = { ...task, plan: asFound(plan, timing) };
    const segments = await processFrames({ task: known, timing, inference }, options);
    const mov = await openMov(plan.output.partial, { end: segments.at(-1)?.end ?? 0 });
    stage(options, 'finish', segments);
    await mov.finish(movTables(plan, timing, segments));
    const result = await prove({ task, timing, segments }, options);
    await inference.close();
    return result;
  } catch (error) {
    // Busy threads are left to the end of the process, which is near: onnxruntime aborts it when its thread is ended in
    // the middle of a frame, and the reason of the failure would be lost.
    throw await asDiskError(error, plan.output.partial);
  }
}

/** What an earlier run found, or a new finding, announced before anything is encoded with it. */
async function findChoice({ task, timing, inference }: Job, { send, signal }: RunOptions): Promise<EncoderChoice> {
  if (task.findings) return task.findings;
  const encoder = await chooseEncoder(task.plan, process.platform, signal);
  const probed = encoder === 'prores_ks' ? await chooseQuantiser(task.plan, timing, { inference, signal }) : 1;
  const choice = { encoder, quantiser: probed };
  send({ type: 'found', findings: { ...timing, ...choice } });
  return choice;
}

interface Job {
  task: EngineTask;
  timing: Timing;
  inference: Inference;
}

async function processFrames(job: Job, options: RunOptions): Promise<Segment[]> {
  const { task, timing, inference } = job;
  const { send, signal } = options;
  const segments = [...task.done];
  const memory = watchMemory((name, peakBytes) => send({ type: 'memory', process: name, peakBytes }));
  const meter = await meterFor(task.plan, timing, options);
  const mov = await openPartial(task);
  try {
    const statistics = await runPipeline({
      plan: task.plan,
      timing,
      choice: findChoice(job, options),
      inference,
      meter,
      mov,
      done: task.done,
      signal,
      record: async (segment) => {
        memory.sample();
        await options.record(segment);
        segments.push(segment);
      },
      onFrame: (framesDone) => send({ type: 'progress', stage: 'process', framesDone }),
      onProcess: (name, pid) => memory.add(name, pid),
    });
    const { decode, upscale, combine } = statistics;
    send({ type: 'statistics', decode: decode.summary(), upscale: upscale.summary(), combine: combine.summary() });
    await meter?.close();
    return segments;
  } finally {
    await mov.close();
  }
}

/** Luma under a look can be told from the source's luma alone where the look is a line. */
async function meterFor(plan: EnginePlan, timing: Timing, options: RunOptions): Promise<QualityMeter | null> {
  const { source: format, scale, treatment } = plan;
  const { grade } = await finishOf(treatment);
  if (grade.kind === 'curve' || grade.kind === 'cube') return null;
  const look = grade.kind === 'none' ? { gain: 1, offset: 0 } : grade.luma;
  return new QualityMeter({ format, scale, look }, layoutOf(timing), options.qualityScript);
}

/** The partial file at the end of the last recorded segment. Without segments whatever lies there is started anew. */
function openPartial({ plan, done }: EngineTask): Promise<MovWriter> {
  const last = done.at(-1);
  return last ? openMov(plan.output.partial, { end: last.end }) : createMov(plan.output.partial, { replace: true });
}

async function prove(
  job: { task: EngineTask; timing: Timing; segments: readonly Segment[] },
  options: RunOptions,
): Promise<EngineResult> {
  const { plan } = job.task;
  stage(options, 'verify', job.segments);
  const checks = await verify(plan.output.partial, plan, { timing: job.timing, signal: options.signal });
  options.signal.throwIfAborted();
  const path = await publish(plan.output.partial, plan.output.path);
  return { path, sizeBytes: (await stat(path)).size, checks, quality: jobQuality(job.segments) };
}

function stage({ send }: RunOptions, name: Stage, done: readonly Segment[]): void {
  send({ type: 'progress', stage: name, framesDone: done.reduce((sum, segment) => sum + segment.frames.length, 0) });
}
