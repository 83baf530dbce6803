import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@uprez/shared';
import { decodeArgs } from '../../../media/args.ts';
import { type Ffmpeg, startFfmpeg } from '../../../media/ffmpeg.ts';
import type { RunningJob } from '../../backend.ts';
import type { ProcessLedger } from '../extract.ts';
import type { PlannedResult } from '../plan-result.ts';
import { AppProcess } from './app-process.ts';
import { enhanceArgs } from './enhance-args.ts';
import type { Installation } from './installation.ts';

/** How long the app's ffmpeg may make no frame. */
export interface Patience {
  /** To the first frame: weights are fetched and built for this computer's GPU then. */
  firstFrameMs: number;
  frameMs: number;
}

export const usualPatience: Patience = { firstFrameMs: 1_200_000, frameMs: 300_000 };

export interface EnhanceParts {
  installation: Installation;
  /** What the app finds the user's sign-in and its own files by. */
  environment: Readonly<Record<string, string>>;
  ledger: ProcessLedger;
  patience: Patience;
}

/**
 * Sends the job's frames through a model of the installed app, into a file of their own. It is stopped when it stands
 * still: what lacks its weights waits for ever without a word. No process is left when this settles.
 * Throws `desktop.signed-out`, `desktop.stuck`, `desktop.failed`, `model.unknown`, `local.decoder-failed`.
 */
export async function enhance(
  job: RunningJob,
  { plan, timing, file }: PlannedResult & { file: string },
  { installation, environment, ledger, patience }: EnhanceParts,
): Promise<void> {
  const { signal } = job;
  await rm(file, { force: true });
  const { firstFrame: first, frameCount: count, startSeconds } = timing;
  const span = { first, jobFirst: first, count, startSeconds };
  const decoder = startFfmpeg(plan.ffmpeg, decodeArgs(plan.source, span), { signal });
  const args = enhanceArgs(plan, { model: job.task.model, file }, process.platform);
  const app = new AppProcess(installation, args, environment);
  for (const { pid } of [decoder, app]) ledger.record(job.id, pid);
  using watch = watchFrames(patience, (minutes) => app.stop(new AppError('desktop.stuck', { minutes })));
  app.onFrames((frames) => {
    watch.at(frames);
    job.report({ stage: 'process', framesDone: Math.min(frames, count), framesTotal: count });
  });
  const onAbort = (): void => app.stop(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await passFrames(decoder, app, first);
  } finally {
    signal.removeEventListener('abort', onAbort);
    app.stop(new Error('nobody waits for it'));
    decoder.kill();
    await Promise.allSettled([app.ended, decoder.ended]);
    for (const { pid } of [decoder, app]) ledger.forget(pid);
  }
}

/** Until the app has taken and made everything. What ended it explains more than the pipe that broke because of it. */
async function passFrames(decoder: Ffmpeg, app: AppProcess, first: number): Promise<void> {
  const fed = pipeline(decoder.stdout, app.stdin).catch(() => undefined);
  await app.ended;
  await fed;
  await decoder.ended.catch((cause: Error) => {
    throw new AppError('local.decoder-failed', { frame: first, why: cause.message }, { cause });
  });
}

/** Calls back when no further frame has come for too long. */
function watchFrames({ firstFrameMs, frameMs }: Patience, stuck: (minutes: number) => void) {
  let last = 0;
  const wait = (ms: number): NodeJS.Timeout => setTimeout(() => stuck(Math.ceil(ms / 60_000)), ms);
  let timer = wait(firstFrameMs);
  return {
    at(frames: number): void {
      if (frames <= last) return;
      last = frames;
      clearTimeout(timer);
      timer = wait(frameMs);
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
