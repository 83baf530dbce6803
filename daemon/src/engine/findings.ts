import { AppError, type FrameRange } from '@uprez/shared';
import { countArgs, firstFrameArgs } from '../media/args.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { readFramecrc } from '../media/framecrc.ts';
import { crashOf } from './crash.ts';
import type { EnginePlan, Timing } from './plan.ts';

/**
 * Where the source's picture starts and which frames the job is about. Proves on the way that the first frame decodes.
 * Throws `local.decoder-failed`, `input.no-frames`, `input.empty-range`.
 */
export async function findTiming(plan: EnginePlan, signal: AbortSignal): Promise<Timing> {
  const { startSeconds } = parseFrames(await decodeOrExplain(plan, firstFrameArgs(plan.source.path), signal), plan);
  const total = plan.sourceFrames ?? (await countFrames(plan, signal));
  return { startSeconds, ...frameSpan(total, plan.range, plan.handles) };
}

/** Clips range and handles to the frames there are. Throws `input.empty-range`. */
export function frameSpan(
  total: number,
  range: FrameRange,
  handles: number,
): { firstFrame: number; frameCount: number } {
  const to = Math.min(range.to ?? total, total);
  if (range.from >= to) throw new AppError('input.empty-range', { from: range.from, to, frames: total });
  const firstFrame = Math.max(0, range.from - handles);
  return { firstFrame, frameCount: Math.min(total, to + handles) - firstFrame };
}

async function countFrames(plan: EnginePlan, signal: AbortSignal): Promise<number> {
  return parseFrames(await decodeOrExplain(plan, countArgs(plan.source), signal), plan).count;
}

async function decodeOrExplain(plan: EnginePlan, args: readonly string[], signal: AbortSignal): Promise<string> {
  try {
    return (await runFfmpeg(plan.ffmpeg, args, signal)).toString('latin1');
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw crashOf('decoder', cause) ?? new AppError('local.decoder-failed', { frame: 0, why }, { cause });
  }
}

function parseFrames(text: string, plan: EnginePlan): { startSeconds: number; count: number } {
  const frames = readFramecrc(text);
  if (!frames) throw new AppError('input.no-frames', { file: plan.source.path });
  return frames;
}
