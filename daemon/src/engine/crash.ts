import { AppError } from '@uprez/shared';
import { FfmpegError } from '../media/ffmpeg.ts';

/**
 * The error of an ffmpeg that a signal ended: the job goes on after it, as after a crash of the engine itself. Undefined
 * where ffmpeg failed by its own account.
 */
export function crashOf(who: string, cause: unknown): AppError | undefined {
  if (!(cause instanceof FfmpegError) || !cause.killedBy) return undefined;
  const killed = cause.killedBy === 'SIGKILL';
  return new AppError('local.engine-crashed', { why: `the ${who} was ${cause.message}`, killed }, { cause });
}
