import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, numberedName, outputName, type Task } from '@uprez/shared';
import { whyAway } from '../media/volume.ts';
import type { RunningJob } from './backend.ts';

/**
 * A clip that was exchanged or edited since it was queued is another clip. Throws `input.missing`, `input.changed`,
 * `setup.volume-away`.
 */
export async function expectUnchanged({ task, media }: Pick<RunningJob, 'task' | 'media'>): Promise<void> {
  const found = await stat(task.source).catch(async (cause: unknown) => {
    const why = await whyAway(task.source);
    if (why !== undefined) throw new AppError('setup.volume-away', { path: task.source, why }, { cause });
    throw new AppError('input.missing', { file: task.source }, { cause });
  });
  if (found.size !== media.sizeBytes || Math.abs(found.mtimeMs - media.modifiedMs) > 1)
    throw new AppError('input.changed', { file: task.source });
}

/** Where the result goes before numbering: the task's file or folder, the settings' folder, or beside the source. */
export function wantedPath(task: Task, outputFolder: string | null): string {
  if (task.output?.toLowerCase().endsWith('.mov')) return task.output;
  return join(task.output ?? outputFolder ?? dirname(task.source), outputName(task));
}

/** `.clip.mov.partial` would be hidden on some systems; people should see what is being made and why the disk fills. */
export function partialPath(path: string): string {
  return join(dirname(path), `${basename(path)}.partial`);
}

/** The first numbered name that neither a file nor an unfinished file has. */
export async function freePath(wanted: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(dirname(wanted), numberedName(basename(wanted), number));
    const taken = await Promise.all([sizeOf(path), sizeOf(partialPath(path))]);
    if (taken.every((size) => size === -1)) return path;
  }
}

/** Size in bytes, -1 where there is no such file. */
export async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => -1,
  );
}
