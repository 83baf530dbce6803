import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, type Estimate, type Media, type Model, type Task } from '@uprez/shared';
import { asDiskError } from '../../../engine/disk-error.ts';
import { targetFrameBytes } from '../../../engine/quantiser.ts';
import { expectRoom } from '../../../media/disk-room.ts';
import type { Backend, DiscardedJob, Outcome, RunningJob } from '../../backend.ts';
import { expectUnchanged } from '../../files.ts';
import { expectedFrames, outputSize } from '../../local/plan.ts';
import { obstacleTo } from '../../obstacles.ts';
import { finishResult } from '../finish.ts';
import {
  type Delivered,
  finished,
  needsOf,
  type PlanningParts,
  planResult,
  refuseTreatment,
  removeFiles,
  resultBytes,
  type ResultState,
} from '../plan-result.ts';
import { enhance, type EnhanceParts, type Patience, usualPatience } from './enhance.ts';
import { findInstallation, type Installation, modelsOf, places } from './installation.ts';

export interface DesktopOptions extends PlanningParts {
  /** The app's folder where the user named one; null = where installers put it. */
  folder: string | null;
  environment: Readonly<Record<string, string>>;
  processes: EnhanceParts['ledger'];
  patience?: Patience;
}

/** What a job has decided and achieved. A run that was cut short enhances again: the app can't be taken up in the middle. */
interface Checkpoint extends ResultState {
  /** What the app writes: pictures alone. */
  file: string;
  enhanced: boolean;
}

/** Its filters look at neighbours, and give nothing back for fewer frames. */
const FEWEST_FRAMES = 4;
/** Frames of 1920x1080 a second that the app is taken for; what it does depends on the GPU. */
const ASSUMED_SPEED = 4;

/**
 * Upscales with the Topaz Video that is installed on this computer, by its own ffmpeg. Experimental: nobody has promised
 * that interface. Models that run in the app's own server only (Starlight, Astra) are not among them.
 */
export function createDesktopBackend(options: DesktopOptions): Backend {
  const find = (): Promise<Installation | undefined> => findInstallation(places(process.platform, options.folder));
  return {
    id: 'topaz-desktop',
    // One GPU.
    slots: 1,
    models: async () => offered(await find()),
    estimate: async (task, media) => estimate(task, media, await find()),
    run: async (job) => run(job, await find(), options),
    discard,
    obstacle: (job) => obstacleTo(needsOf(job.task, load(job))),
  };
}

async function offered(installation: Installation | undefined): Promise<Model[]> {
  if (!installation) return [];
  const facts = { licence: 'Topaz Video', origin: installation.folder, ready: true, downloadBytes: null };
  const models = await modelsOf(installation);
  return models.map((model) => ({ ...model, ...facts, backend: 'topaz-desktop', removable: false }));
}

/** Throws `desktop.missing`, `model.unknown`, `look.cloud`, and what the size and the range are refused for. */
async function estimate(task: Task, media: Media, installation: Installation | undefined): Promise<Estimate> {
  if (!installation) throw new AppError('desktop.missing');
  refuseTreatment(task);
  const model = (await modelsOf(installation)).find(({ id }) => id === task.model);
  if (!model) throw new AppError('model.unknown', { model: task.model });
  const refuse = (why: string, hint: string): never => {
    throw new AppError('cloud.limit', { model: task.model, why, hint });
  };
  if (!model.scales.some((scale) => scale === task.scale))
    refuse(`it enlarges ${model.scales.join(' or ')} times only`, 'Choose another scale or model.');
  const size = outputSize(task, media);
  const frames = expectedFrames(task, media);
  if (frames < FEWEST_FRAMES)
    refuse(`it needs ${FEWEST_FRAMES} frames at least, and here are ${frames}`, 'Take a longer part, or handles.');
  const seconds = (frames * size.width * size.height) / (1920 * 1080) / ASSUMED_SPEED;
  const outputBytes = Math.round(frames * targetFrameBytes(size));
  return { seconds, basis: 'assumed', outputBytes, credits: null, ...size, frames };
}

async function run(job: RunningJob, installation: Installation | undefined, options: DesktopOptions): Promise<Outcome> {
  if (!installation) throw new AppError('desktop.missing');
  await expectUnchanged(job);
  const checkpoint = await openCheckpoint(job, options);
  const { partial } = checkpoint.plan.output;
  try {
    if (!checkpoint.enhanced) await enhanceAll(job, checkpoint, { installation, options });
    checkpoint.result ??= await finish(job, checkpoint);
    // Before its unfinished file goes, by which a result is known again that nobody has written down.
    job.journal.savePlan(checkpoint);
  } catch (error) {
    throw await asDiskError(error, partial);
  }
  for (const file of [partial, checkpoint.file]) await rm(file, { force: true });
  return finished(checkpoint);
}

async function openCheckpoint(job: RunningJob, options: DesktopOptions): Promise<Checkpoint> {
  const known = load(job);
  if (known) return known;
  const planned = await planResult(job, options);
  const checkpoint: Checkpoint = {
    ...planned,
    file: join(options.workFolder, `${job.id}.enhanced.mov`),
    ...{ enhanced: false, result: null },
  };
  job.journal.savePlan(checkpoint);
  return checkpoint;
}

function load({ journal }: Pick<DiscardedJob, 'journal'>): Checkpoint | undefined {
  return journal.loadPlan() as Checkpoint | undefined;
}

async function enhanceAll(
  job: RunningJob,
  checkpoint: Checkpoint,
  { installation, options }: { installation: Installation; options: DesktopOptions },
): Promise<void> {
  const { plan, timing, file } = checkpoint;
  const { environment, processes: ledger, patience = usualPatience } = options;
  job.step('validate', { status: 'done', progress: 100 });
  const bytes = resultBytes(checkpoint);
  for (const folder of [dirname(file), dirname(plan.output.path)]) await expectRoom(folder, bytes);
  job.step('upscale', { status: 'running' });
  job.report({ stage: 'process', framesDone: 0, framesTotal: timing.frameCount });
  job.accelerator('topaz', installation.folder);
  await enhance(job, { plan, timing, file }, { installation, environment, ledger, patience });
  checkpoint.enhanced = true;
  job.journal.advance(checkpoint);
  job.step('upscale', { status: 'done', progress: 100 });
}

async function finish(job: RunningJob, checkpoint: Checkpoint): Promise<Delivered> {
  const { plan, timing, file } = checkpoint;
  job.step('combine', { status: 'running' });
  const result = await finishResult(job, { plan, timing, file }).catch((error: unknown) => {
    // A file that is wrong stays wrong: a retry asks the app again. A disk that is full or away says nothing of the file.
    if (error instanceof AppError && !job.signal.aborted) {
      checkpoint.enhanced = false;
      job.journal.savePlan(checkpoint);
    }
    throw error;
  });
  job.step('combine', { status: 'done', progress: 100 });
  return result;
}

async function discard(job: DiscardedJob): Promise<void> {
  const checkpoint = load(job);
  if (checkpoint) await removeFiles(checkpoint, [checkpoint.file]);
  job.journal.clear();
}
