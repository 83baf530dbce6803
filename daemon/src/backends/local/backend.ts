import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  AppError,
  type Estimate,
  type Media,
  type OutputFile,
  plainWay,
  sameWay,
  type Size,
  type Task,
  uprightSize,
  wayName,
} from '@uprez/shared';
import type { EnginePlan, EngineResult, FromEngine } from '../../engine/plan.ts';
import { sampleCount, targetFrameBytes } from '../../engine/quantiser.ts';
import { unpublish } from '../../engine/publish.ts';
import { expectRoom, freeIn, megabytes } from '../../media/disk-room.ts';
import { outputColor, pictureMatrix } from '../../media/colors.ts';
import { checkInverse, lutText, writeLut } from '../../looks/lut-file.ts';
import { gradeOf } from '../../looks/looks.ts';
import type { Backend, DiscardedJob, Outcome, RunningJob, StepChange } from '../backend.ts';
import { expectUnchanged } from '../files.ts';
import { type Needs, obstacleTo } from '../obstacles.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { runEngine } from './engine-process.ts';
import type { LocalOptions } from './options.ts';
import { expectedFrames, keepsAlpha, outputSize } from './plan.ts';
import type { Speeds } from './speeds.ts';
import { Stopwatch } from './stopwatch.ts';
import { estimateTime, samplesOf, type Work } from './time.ts';

/** Upscales on this computer, one job at a time, each in an engine process of its own. */
export function createLocalBackend(options: LocalOptions): Backend {
  return {
    id: 'local',
    slots: 1,
    models: () => options.models.models(),
    estimate: (task, media) => estimate(task, media, options),
    run: (job) => run(job, options),
    discard: (job) => discard(job),
    obstacle: (job) => obstacleTo(needsOf(job)),
  };
}

async function estimate(task: Task, media: Media, { models, speeds }: LocalOptions): Promise<Estimate> {
  const { framesPerSecond } = models.entry(task.model);
  models.checkScale(task.model, task.scale);
  models.check(task.model);
  await checkLook(task, media);
  const size = outputSize(task, media);
  const frames = expectedFrames(task, media);
  const known = await speeds.known(models.engineModel(task.model), task.scale);
  return {
    ...estimateTime(workOf(task, size, frames), { ...known, framesPerSecond }),
    outputBytes: Math.round(frames * targetFrameBytes(size, keepsAlpha(task, media))),
    credits: null,
    ...size,
    frames,
  };
}

/** Throws `look.hdr` and `look.no-inverse`, and `input.*` and `look.bad-cube` where a file can't be read. */
async function checkLook({ source, look, lut }: Task, media: Media): Promise<void> {
  if (lut) checkInverse(look);
  const { kind } = await gradeOf(look);
  const { transfer } = outputColor(media.color, uprightSize(media));
  if (kind === 'curve' && hdrCurves[transfer])
    throw new AppError('look.hdr', { file: source, transfer: hdrCurves[transfer] });
}

/** Transfer curves that say nothing about SDR reflection, by ffmpeg's names. */
const hdrCurves: Record<string, string> = { smpte2084: 'PQ', 'arib-std-b67': 'HLG' };

function workOf({ scale }: Task, size: Size, frames: number): Work {
  const { width, height } = size;
  return { frames, trialFrames: sampleCount(size, frames), width: width / scale, height: height / scale, scale };
}

async function run(job: RunningJob, options: LocalOptions): Promise<Outcome> {
  await expectUnchanged(job);
  const missing = await away(job);
  if (missing) throw missing;
  const checkpoint = await openCheckpoint(job, options);
  if (!checkpoint.result) {
    await expectSpace(job, checkpoint.plan);
    checkpoint.result = await runJob(job, checkpoint, options).catch(async (error: unknown) => {
      job.signal.throwIfAborted();
      // A decoder whose drive was pulled out says many things, but never that.
      throw (await away(job)) ?? error;
    });
    job.journal.savePlan(checkpoint);
  }
  if (job.task.lut) await writeInverse(job, checkpoint.result);
  await rm(checkpoint.plan.output.partial, { force: true });
  return { kind: 'finished', output: outputFile(checkpoint, checkpoint.result) };
}

/** `clip_uprez_flat_to-rec709.cube`, beside the result. */
async function writeInverse({ task, media }: RunningJob, { path }: EngineResult): Promise<void> {
  const matrix = pictureMatrix(media.color, uprightSize(media));
  await writeLut(path.replace(/\.mov$/i, '_to-rec709.cube'), lutText(task.look, { matrix, direction: 'undo' }));
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

/** Throws `setup.output-folder`, `setup.disk-full` and `setup.volume-away`. */
async function expectSpace(job: RunningJob, plan: EnginePlan): Promise<void> {
  const folder = dirname(plan.output.path);
  await expectRoom(folder, missingBytes(job, plan)).catch(async (cause: unknown) => {
    if (cause instanceof AppError) throw cause;
    throw (await away(job)) ?? new AppError('setup.output-folder', { folder, why: 'it does not exist' }, { cause });
  });
}

function missingBytes(job: DiscardedJob, plan: EnginePlan): number {
  const written = job.journal.segments().at(-1)?.end ?? 0;
  const frameBytes = targetFrameBytes(plan.output.size, plan.output.alpha);
  return Math.max(0, frameBytes * expectedFrames(job.task, job.media) - written);
}

/** A job that has begun needs its own unfinished file: starting over beside it would be the worst moment. */
function needsOf(job: DiscardedJob): Needs {
  const { source } = job.task;
  const checkpoint = job.journal.loadPlan() as Checkpoint | undefined;
  if (!checkpoint || checkpoint.result) return { source, result: null };
  const { plan } = checkpoint;
  const begun = job.journal.segments().length > 0;
  const { path, partial } = plan.output;
  const result = { folder: dirname(path), partial: begun ? partial : null, missingBytes: missingBytes(job, plan) };
  return { source, result };
}

/** The drive that went away, where that is what happened. */
async function away(job: DiscardedJob): Promise<AppError | undefined> {
  const obstacle = await obstacleTo(needsOf(job));
  return obstacle?.code === 'setup.volume-away' ? obstacle : undefined;
}

async function runJob(job: RunningJob, checkpoint: Checkpoint, options: LocalOptions): Promise<EngineResult> {
  const { plan, findings } = checkpoint;
  const { speeds, processes, engine } = options;
  const watch = new Stopwatch(plan.ways[0] ?? plainWay);
  const handle = messageHandler(job, checkpoint);
  job.step('validate', { status: 'running' });
  const done = job.journal.segments();
  const task = { plan, findings, done };
  const room = watchRoom(dirname(plan.output.partial));
  try {
    const result = await runEngine(task, {
      ...engine,
      signal: AbortSignal.any([job.signal, room.signal]),
      onMessage: (message) => {
        watch.heard(message);
        handle(message);
        if (message.type === 'segment') room.look();
      },
      started: (pid) => processes.record(job.id, pid),
      ended: (pid) => processes.forget(pid),
    });
    // A job that was resumed, or changed its way, says little about others.
    const took = done.length === 0 ? watch.stop() : undefined;
    if (took) {
      const samples = samplesOf(workOf(job.task, plan.output.size, checkpoint.findings?.frameCount ?? 0));
      await speeds.did(plan.model, { way: took.way, scale: plan.scale }, { ...took, samples });
    }
    return result;
  } catch (error) {
    await leaveWay(job, checkpoint, { error, speeds });
    throw error;
  }
}

/** With less than this the job stops by itself: the database and everybody else need some, too. */
const LEAST_ROOM = 64 * 1024 * 1024;

/** Looks at the disk after each segment, and ends the run before the disk is full. */
function watchRoom(folder: string): { signal: AbortSignal; look(): void } {
  const abort = new AbortController();
  const look = async (): Promise<void> => {
    const free = await freeIn(folder);
    if (free >= LEAST_ROOM) return;
    const facts = { need: `${megabytes(LEAST_ROOM)} to spare`, free: megabytes(free) };
    abort.abort(new AppError('setup.disk-full', { folder, ...facts }));
  };
  // A folder that can't be asked shows in the next write to it.
  return { signal: abort.signal, look: () => void look().catch(() => undefined) };
}

/** An engine that dies while a driver runs in it may die again: the next attempt does without its provider. */
async function leaveWay(
  { journal, log, signal }: RunningJob,
  checkpoint: Checkpoint,
  { error, speeds }: { error: unknown; speeds: Speeds },
): Promise<void> {
  const { plan } = checkpoint;
  const [way = plainWay] = plan.ways;
  const died = error instanceof AppError && error.code === 'local.engine-crashed';
  if (!died || signal.aborted || way.provider === plainWay.provider) return;
  log.warn({ way, why: error.message }, 'the engine died; its provider is left out from now on');
  checkpoint.plan = { ...plan, ways: plan.ways.filter(({ provider }) => provider !== way.provider), mostSamples: null };
  journal.savePlan(checkpoint);
  await speeds.failed(plan.model, way, error.message);
}

/** Turns the engine's messages into records and progress. */
function messageHandler(job: RunningJob, checkpoint: Checkpoint): (message: FromEngine) => void {
  /** Decoding, enlarging and encoding go on at the same time. */
  const overlapping = (change: (name: 'decode' | 'upscale' | 'combine') => StepChange): void =>
    job.steps({ decode: change('decode'), upscale: change('upscale'), combine: change('combine') });
  let validated = false;
  const framesTotal = (): number => checkpoint.findings?.frameCount ?? expectedFrames(job.task, job.media);
  return (message) => {
    switch (message.type) {
      case 'found':
        checkpoint.findings = message.findings;
        job.journal.savePlan(checkpoint);
        return;
      case 'progress':
        if (!validated && message.stage === 'process' && checkpoint.findings) {
          validated = true;
          job.step('validate', { status: 'done', progress: 100 });
        }
        return job.report({ stage: message.stage, framesDone: message.framesDone, framesTotal: framesTotal() });
      case 'segment': {
        job.journal.addSegment(message.segment);
        const done = message.segment.firstFrame + message.segment.frames.length;
        return overlapping(() => ({ status: 'running', progress: (100 * done) / framesTotal() }));
      }
      case 'statistics':
        return overlapping((name) => ({ status: 'done', progress: 100, statistics: message[name] }));
      case 'way':
        return changeWay(job, checkpoint, message);
      case 'warning':
        return job.warn(message.warning);
      case 'memory':
        return job.memory(message.process, message.peakBytes);
      case 'failed':
        job.log.warn({ stage: message.stage, frame: message.frame, code: message.error.code }, 'engine failed');
        return;
      case 'done':
      case 'providers':
      case 'tried':
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
