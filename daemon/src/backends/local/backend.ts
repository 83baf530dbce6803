import { rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  AppError,
  type Estimate,
  type Media,
  type OutputFile,
  sameWay,
  type Task,
  timelineOf,
  wayName,
} from '@uprez/shared';
import type { EnginePlan, EngineResult, FromEngine } from '../../engine/plan.ts';
import { targetFrameBytes } from '../../engine/quantiser.ts';
import { frameSpan } from '../../engine/findings.ts';
import { unpublish } from '../../engine/publish.ts';
import type { Backend, DiscardedJob, Outcome, RunningJob } from '../backend.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { runEngine } from './engine-process.ts';
import type { LocalOptions } from './options.ts';
import { outputSize } from './plan.ts';

/** Room that is left on the disk for everybody else, in bytes. */
const DISK_RESERVE = 256 * 1024 * 1024;

/** Upscales on this computer, one job at a time, each in an engine process of its own. */
export function createLocalBackend(options: LocalOptions): Backend {
  return {
    id: 'local',
    slots: 1,
    models: () => options.models.models(),
    estimate: (task, media) => Promise.resolve(estimate(task, media, options)),
    run: (job) => run(job, options),
    discard: (job) => discard(job),
  };
}

function estimate(task: Task, media: Media, { models }: LocalOptions): Estimate {
  const entry = models.entry(task.model);
  models.check(task.model);
  const size = outputSize(task, media);
  const frames = frameSpan(timelineOf(media, task.frameRate).frames, task.range, task.handles).frameCount;
  // The catalogue's figure is for one doubling to 1920x1080; the second one of 4x works on four times the pixels.
  const pixels = (size.width * size.height * (task.scale === 4 ? 1.25 : 1)) / (1920 * 1080);
  return {
    seconds: (frames * pixels) / entry.framesPerSecond,
    basis: 'assumed',
    outputBytes: Math.round(frames * targetFrameBytes(size)),
    credits: null,
    ...size,
    frames,
  };
}

async function run(job: RunningJob, options: LocalOptions): Promise<Outcome> {
  await expectUnchanged(job);
  const checkpoint = await openCheckpoint(job, options);
  if (!checkpoint.result) {
    await expectSpace(job, checkpoint.plan);
    checkpoint.result = await runJob(job, checkpoint, options);
    job.journal.savePlan(checkpoint);
  }
  await rm(checkpoint.plan.output.partial, { force: true });
  return { kind: 'finished', output: outputFile(checkpoint, checkpoint.result) };
}

async function discard({ journal }: DiscardedJob): Promise<void> {
  const checkpoint = journal.loadPlan() as Checkpoint | undefined;
  if (checkpoint && !checkpoint.result) {
    const { path, partial } = checkpoint.plan.output;
    await unpublish(partial, path);
    await rm(partial, { force: true });
  }
  journal.clear();
}

/** A clip that was exchanged or edited since it was queued is another clip. Throws `input.missing`, `input.changed`. */
async function expectUnchanged({ task, media }: RunningJob): Promise<void> {
  const found = await stat(task.source).catch((cause: unknown) => {
    throw new AppError('input.missing', { file: task.source }, { cause });
  });
  if (found.size !== media.sizeBytes || Math.abs(found.mtimeMs - media.modifiedMs) > 1)
    throw new AppError('input.changed', { file: task.source });
}

/** Throws `setup.output-folder` and `setup.disk-full`. */
async function expectSpace(job: RunningJob, plan: EnginePlan): Promise<void> {
  const folder = dirname(plan.output.path);
  const disk = await statfs(folder).catch((cause: unknown) => {
    throw new AppError('setup.output-folder', { folder, why: 'it does not exist' }, { cause });
  });
  const written = job.journal.segments().at(-1)?.end ?? 0;
  const frames = expectedFrames(job);
  const need = Math.max(0, targetFrameBytes(plan.output.size) * frames - written) + DISK_RESERVE;
  const free = disk.bavail * disk.bsize;
  if (free < need) throw new AppError('setup.disk-full', { folder, need: megabytes(need), free: megabytes(free) });
}

function runJob(job: RunningJob, checkpoint: Checkpoint, options: LocalOptions): Promise<EngineResult> {
  const { plan, findings } = checkpoint;
  const onMessage = messageHandler(job, checkpoint);
  job.step('validate', { status: 'running' });
  return runEngine(
    { plan, findings, done: job.journal.segments() },
    {
      script: options.engineScript,
      signal: job.signal,
      onMessage,
      started: (pid) => options.processes.record(job.id, pid),
      ended: (pid) => options.processes.forget(pid),
    },
  );
}

/** Turns the engine's messages into records and progress. */
function messageHandler(job: RunningJob, checkpoint: Checkpoint): (message: FromEngine) => void {
  const overlapping = ['decode', 'upscale', 'combine'] as const;
  const framesTotal = (): number => checkpoint.findings?.frameCount ?? expectedFrames(job);
  return (message) => {
    switch (message.type) {
      case 'found':
        checkpoint.findings = message.findings;
        job.journal.savePlan(checkpoint);
        return;
      case 'progress':
        if (message.stage === 'process' && checkpoint.findings) job.step('validate', { status: 'done', progress: 100 });
        return job.report({ stage: message.stage, framesDone: message.framesDone, framesTotal: framesTotal() });
      case 'segment': {
        job.journal.addSegment(message.segment);
        const done = message.segment.firstFrame + message.segment.frames.length;
        for (const name of overlapping) job.step(name, { status: 'running', progress: (100 * done) / framesTotal() });
        return;
      }
      case 'statistics':
        for (const name of overlapping) job.step(name, { status: 'done', progress: 100, statistics: message[name] });
        return;
      case 'way':
        return changeWay(job, checkpoint, message);
      case 'memory':
        return job.memory(message.process, message.peakBytes);
      case 'failed':
        job.log.warn({ stage: message.stage, frame: message.frame, code: message.error.code }, 'engine failed');
        return;
      case 'done':
        return;
    }
  };
}

/** Later runs start in the way that works, so that the frames of one job come from as few ways as possible. */
function changeWay(
  { journal, log, accelerator }: RunningJob,
  checkpoint: Checkpoint,
  { way, mostSamples, why }: Extract<FromEngine, { type: 'way' }>,
): void {
  accelerator('engine', wayName(way));
  if (why === null) return;
  const { plan } = checkpoint;
  log.warn({ from: plan.ways[0], to: way, mostSamples, why }, 'the model goes on in another way');
  const left = plan.ways.findIndex((other) => sameWay(other, way));
  checkpoint.plan = { ...plan, ways: plan.ways.slice(left), mostSamples };
  journal.savePlan(checkpoint);
}

function outputFile({ plan, findings }: Checkpoint, result: EngineResult): OutputFile {
  return {
    ...plan.output.size,
    path: result.path,
    sizeBytes: result.sizeBytes,
    checks: result.checks,
    quality: result.quality,
    frames: findings?.frameCount ?? 0,
  };
}

/** Before the engine has counted: exact for even timing, by duration otherwise. */
function expectedFrames({ task, media }: RunningJob): number {
  return frameSpan(timelineOf(media, task.frameRate).frames, task.range, task.handles).frameCount;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
