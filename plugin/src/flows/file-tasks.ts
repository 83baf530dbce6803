import {
  AppError,
  type DaemonClient,
  type FrameRange,
  type FrameRate,
  type NewTask,
  parseFrameRate,
  parseTime,
  timelineOf,
} from '@uprez/shared';
import type { Choice } from './act.ts';

/** A file that is to be upscaled, and where its result goes unless the user says something else. */
export interface SourceFile {
  path: string;
  output: string | null;
}

/** What the form says besides model, scale and look; all as it was typed. */
export interface FileWishes {
  from: string;
  to: string;
  /** '' keeps the clip's own. */
  frameRate: string;
  rateConversion: NonNullable<NewTask['rateConversion']>;
  audio: NonNullable<NewTask['audio']>;
  alpha: NonNullable<NewTask['alpha']>;
  deband: NonNullable<NewTask['deband']>;
  /** '' is as the settings say. */
  output: string;
}

export const plainWishes: FileWishes = {
  ...{ from: '', to: '', frameRate: '', output: '' },
  ...{ rateConversion: 'sampling', audio: 'keep', alpha: 'refuse', deband: 'auto' },
};

/**
 * Tasks for files outside of any timeline. A part of a clip can be given for one file at a time, since times mean something
 * else in each. Throws `input.bad-time`, `request.invalid` and what the probe throws.
 */
export async function fileTasks(
  client: DaemonClient,
  files: readonly SourceFile[],
  { choice, handles, wishes }: { choice: Choice; handles: number; wishes: FileWishes },
): Promise<NewTask[]> {
  const frameRate = rateOf(wishes.frameRate);
  const { rateConversion, audio, alpha, deband } = wishes;
  const tasks: NewTask[] = [];
  for (const { path, output } of files) {
    const range = files.length === 1 ? await rangeOf(client, path, { ...wishes, frameRate }) : undefined;
    tasks.push({
      ...choice,
      ...{ source: path, handles, frameRate, rateConversion, audio, alpha, deband },
      ...(range && { range }),
      output: wishes.output.trim() || output,
    });
  }
  return tasks;
}

function rateOf(text: string): FrameRate | null {
  if (text.trim() === '') return null;
  const rate = parseFrameRate(text.trim());
  if (!rate) throw new AppError('request.invalid', { why: `“${text}” is not a frame rate` });
  return rate;
}

interface Part {
  from: string;
  to: string;
  frameRate: FrameRate | null;
}

/** Times are those of the result's timeline, as everywhere. */
async function rangeOf(
  client: DaemonClient,
  path: string,
  { from, to, frameRate }: Part,
): Promise<FrameRange | undefined> {
  if (from.trim() === '' && to.trim() === '') return undefined;
  const { rate } = timelineOf(await client.call('probe', { path }), frameRate);
  const at = (text: string): number => parseTime(text.trim(), rate);
  return { from: from.trim() === '' ? 0 : at(from), to: to.trim() === '' ? null : at(to) };
}
