import { AppError, type FrameRange, type FrameRate, rateValue, sameRate } from '@uprez/shared';
import { countArgs, firstFrameArgs } from '../media/args.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { readFramecrc } from '../media/framecrc.ts';
import { conformWarnings } from './conform-report.ts';
import { crashOf } from './crash.ts';
import type { EnginePlan, Timing } from './plan.ts';
import { findScan } from './scan.ts';

/**
 * Where the source's picture starts, which frames the job is about and whether they are interlaced. Proves on the way that
 * the first frame decodes. Throws `local.decoder-failed`, `input.no-frames`, `input.empty-range`.
 */
export async function findTiming(plan: EnginePlan, signal: AbortSignal): Promise<Timing> {
  const { startSeconds } = parseFrames(await decodeOrExplain(plan, firstFrameArgs(plan.source.path), signal), plan);
  const counted = plan.sourceFrames === null ? await countFrames(plan, signal) : undefined;
  const span = frameSpan(counted?.total ?? plan.sourceFrames ?? 0, plan.range, plan.handles);
  const scan = await findScan(plan, span, signal);
  const { conformTo, evenRate } = plan.source;
  const uneven = evenRate && conformTo && counted ? { times: counted.times, rate: conformTo, ...span } : undefined;
  const warnings = [...scan.warnings, ...(uneven ? conformWarnings(uneven) : [])];
  return { startSeconds, ...span, deinterlace: scan.deinterlace, warnings };
}

/** The plan with what was found out about the source. */
export function asFound(plan: EnginePlan, { deinterlace }: Pick<Timing, 'deinterlace'>): EnginePlan {
  return { ...plan, source: { ...plan.source, deinterlace } };
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

async function decodeOrExplain(plan: EnginePlan, args: readonly string[], signal: AbortSignal): Promise<string> {
  try {
    return (await runFfmpeg(plan.ffmpeg, args, signal)).toString('latin1');
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw crashOf('decoder', cause) ?? new AppError('local.decoder-failed', { frame: 0, why }, { cause });
  }
}

/** Times of the source's frames in seconds, and how many there are at the rate that they are conformed to. */
async function countFrames(plan: EnginePlan, signal: AbortSignal): Promise<{ times: number[]; total: number }> {
  const text = await decodeOrExplain(plan, countArgs(plan.source), signal);
  const { times } = parseFrames(text, plan);
  // An edit list may end within a frame: that is no reason to show the last one twice.
  const { conformTo, evenRate } = plan.source;
  const asTheyCome = conformTo && evenRate && sameRate(conformTo, evenRate) && areEven(times, conformTo);
  return { times, total: asTheyCome ? times.length : parseFrames(text, plan, 1).times.length };
}

/** Does each frame fill one place of an even timeline? */
function areEven([start = 0, ...times]: readonly number[], rate: FrameRate): boolean {
  return times.every((time, i) => Math.round((time - start) * rateValue(rate)) === i + 1);
}

function parseFrames(text: string, plan: EnginePlan, stream = 0) {
  const frames = readFramecrc(text, stream);
  if (!frames) throw new AppError('input.no-frames', { file: plan.source.path });
  return frames;
}
