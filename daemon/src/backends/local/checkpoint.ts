import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Look } from '@uprez/shared';
import type { EnginePlan, EngineResult, Findings } from '../../engine/plan.ts';
import { type EngineModel, weightFiles } from '../../models/engine-model.ts';
import type { RunningJob } from '../backend.ts';
import { freePath, partialPath, sizeOf, wantedPath } from '../files.ts';
import { digestOf } from './digest.ts';
import type { LocalOptions } from './options.ts';
import { enginePlan } from './plan.ts';

/** Counts the shapes that checkpoints have had. An unfinished job with one of another shape starts over. */
const VERSION = 6;

/** What a job decided when it first ran; a resumed run decides alike. */
export interface Checkpoint {
  version: number;
  plan: EnginePlan;
  /** Digest of the model's weights and of the look's file, null where there are none. */
  weights: string | null;
  findings: Findings | null;
  /** Set when the file is proven and has its name, before the partial name goes. */
  result: EngineResult | null;
}

/** The decisions of the first run, or new ones where its frames can't be gone on with. */
export async function openCheckpoint(job: RunningJob, options: LocalOptions): Promise<Checkpoint> {
  const known = job.journal.loadPlan() as Checkpoint | undefined;
  if (known?.result) return known;
  const model = options.models.engineModel(job.task.model);
  const weights = await digestOf([...weightFiles(model), ...lookFiles(job.task.look)]);
  if (known && (await canGoOn(job, known, weights))) return known;
  if (known) {
    job.log.warn(
      { partial: known.plan.output.partial },
      'partial file, model or look is not what it was; starting over',
    );
    // Else its name would count as taken.
    await rm(known.plan.output.partial, { force: true });
    job.journal.clear();
  }
  const checkpoint = await newCheckpoint(job, { model, weights }, options);
  // Recorded before anything is written, so that whatever is written can be found and removed.
  job.journal.savePlan(checkpoint);
  return checkpoint;
}

async function newCheckpoint(
  { id, task, media }: RunningJob,
  { model, weights }: { model: EngineModel; weights: string | null },
  options: LocalOptions,
): Promise<Checkpoint> {
  const { ffmpeg, threads } = options;
  const outputFolder = options.outputFolder();
  const ways = await options.speeds.ways(model);
  const { output, ...plan } = enginePlan(task, media, { ffmpeg, model, ways, threads });
  const path = await freePath(wantedPath(task, outputFolder));
  const partial = await partialFor(path, id, options.tempFolder);
  return {
    version: VERSION,
    plan: { ...plan, output: { ...output, path, partial } },
    weights,
    findings: null,
    result: null,
  };
}

/**
 * Not where an earlier version of Uprez decided differently, where the model was updated (its frames would not go with
 * those of the old one), or where the partial file lost bytes.
 */
async function canGoOn({ journal }: RunningJob, known: Checkpoint, weights: string | null): Promise<boolean> {
  if (known.version !== VERSION || known.weights !== weights) return false;
  const written = journal.segments().at(-1)?.end ?? 0;
  return written === 0 || (await sizeOf(known.plan.output.partial)) >= written;
}

function lookFiles(look: Look): string[] {
  return 'file' in look ? [look.file] : [];
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
