import { createHash } from 'node:crypto';
import { readFile, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  AppError,
  type Estimate,
  type Media,
  numberedName,
  type OutputFile,
  type Task,
  timelineOf,
} from '@uprez/shared';
import type { EnginePlan, EngineResult, Findings, FromEngine } from '../../engine/plan.ts';
import { targetFrameBytes } from '../../engine/quantiser.ts';
import { frameSpan } from '../../engine/findings.ts';
import { unpublish } from '../../engine/publish.ts';
import type { ModelRegistry } from '../../models/registry.ts';
import type { Backend, DiscardedJob, Outcome, RunningJob } from '../backend.ts';
import { runEngine } from './engine-process.ts';
import { enginePlan, outputSize, partialPath, wantedPath } from './plan.ts';

export interface LocalOptions {
  ffmpeg: string;
  models: ModelRegistry;
  /** Threads of inference and of each encoder. */
  threads: number;
  /** Folder for results where a task names none; null = beside the source. Asked at each job's first start. */
  outputFolder: () => string | null;
  /** Folder for partial files; null = beside the result. Not used where it is on another disk than the result. */
  tempFolder: string | null;
  /** The bundled engine's file. */
  engineScript: string;
  /** Told about each engine process, so that a daemon that was killed finds it again. */
  processes: { record(jobId: string, pid: number): void; forget(pid: number): void };
}

/** What a job decided when it first ran; a resumed run decides alike. */
interface Checkpoint {
  plan: EnginePlan;
  /** Digest of the model's weights, null where it has none. */
  weights: string | null;
  findings: Findings | null;
  /** Set when the file is proven and has its name, before the partial name goes. */
  result: EngineResult | null;
}

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

/**
 * The decisions of the first run, or new ones. A partial file that lost bytes means starting over, and so does a model
 * that was updated meanwhile: its frames would not go with those of the old one.
 */
async function openCheckpoint(job: RunningJob, options: LocalOptions): Promise<Checkpoint> {
  const known = job.journal.loadPlan() as Checkpoint | undefined;
  if (known?.result) return known;
  const model = options.models.engineModel(job.task.model);
  const weights = model.kind === 'planes' ? await digestOf(model.file) : null;
  if (known && known.weights === weights && (await hasAllBytes(job, known))) return known;
  if (known) {
    job.log.warn({ partial: known.plan.output.partial }, 'partial file or model is not what it was; starting over');
    // Else its name would count as taken.
    await rm(known.plan.output.partial, { force: true });
    job.journal.clear();
  }
  const { task, media } = job;
  const context = {
    ffmpeg: options.ffmpeg,
    model,
    threads: options.threads,
    outputFolder: options.outputFolder(),
  };
  const { output, ...plan } = enginePlan(task, media, context);
  const path = await freePath(wantedPath(task, context.outputFolder));
  const partial = await partialFor(path, job.id, options.tempFolder);
  const checkpoint: Checkpoint = {
    plan: { ...plan, output: { ...output, path, partial } },
    weights,
    findings: null,
    result: null,
  };
  // Recorded before anything is written, so that whatever is written can be found and removed.
  job.journal.savePlan(checkpoint);
  return checkpoint;
}

async function hasAllBytes({ journal }: RunningJob, { plan }: Checkpoint): Promise<boolean> {
  const written = journal.segments().at(-1)?.end ?? 0;
  return written === 0 || (await sizeOf(plan.output.partial)) >= written;
}

async function digestOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/** The temporary folder where publishing from there is a rename and no copy, else the result's own folder. */
async function partialFor(path: string, jobId: string, tempFolder: string | null): Promise<string> {
  if (tempFolder === null) return partialPath(path);
  const [temp, final] = await Promise.all([deviceOf(tempFolder), deviceOf(dirname(path))]);
  const sameDisk = temp !== undefined && temp === final;
  return sameDisk ? join(tempFolder, `${jobId}.partial`) : partialPath(path);
}

async function deviceOf(folder: string): Promise<number | undefined> {
  return stat(folder).then(
    ({ dev }) => dev,
    () => undefined,
  );
}

/** The first numbered name that neither a file nor an unfinished file has. */
async function freePath(wanted: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(dirname(wanted), numberedName(basename(wanted), number));
    const taken = await Promise.all([sizeOf(path), sizeOf(partialPath(path))]);
    if (taken.every((size) => size === -1)) return path;
  }
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

/** Size in bytes, -1 where there is no such file. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => -1,
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
