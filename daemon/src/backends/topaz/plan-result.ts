import { mkdir } from 'node:fs/promises';
import { plainWay } from '@uprez/shared';
import { asFound, findTiming } from '../../engine/findings.ts';
import type { EnginePlan, Timing } from '../../engine/plan.ts';
import type { RunningJob } from '../backend.ts';
import { freePath, partialPath, wantedPath } from '../files.ts';
import { enginePlan } from '../local/plan.ts';

/** What a result will be whose pictures are made by somebody else, and of which frames. */
export interface PlannedResult {
  /** Name, size, tags, timecode and sound of the result: as for a job on this machine, whose model it has no use for. */
  plan: EnginePlan;
  timing: Timing;
}

export interface PlanningParts {
  ffmpeg: string;
  /** Folder for results where a task names none; null = beside the source. */
  outputFolder: () => string | null;
  /** Folder for files on their way; made here where it is missing. */
  workFolder: string;
}

/** The decisions of a first run. Throws what `findTiming` throws. */
export async function planResult(job: RunningJob, parts: PlanningParts): Promise<PlannedResult> {
  const { task, media } = job;
  const context = { ffmpeg: parts.ffmpeg, model: { kind: 'interpolation' } as const, ways: [plainWay], threads: 1 };
  const { output, ...plan } = enginePlan(task, media, context);
  const path = await freePath(wantedPath(task, parts.outputFolder()));
  const whole: EnginePlan = { ...plan, output: { ...output, path, partial: partialPath(path) } };
  await mkdir(parts.workFolder, { recursive: true, mode: 0o700 });
  const timing = await findTiming(whole, job.signal);
  for (const warning of timing.warnings) job.warn(warning);
  return { plan: asFound(whole, timing), timing };
}
