import { type Warning, warning } from '@uprez/shared';
import { fieldsArgs } from '../media/args.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import type { FieldOrder } from '../media/frame-filters.ts';
import type { EnginePlan } from './plan.ts';

/** Places of the job that are looked at, and frames at each. */
const PLACES = [0.1, 0.5, 0.9];
const FRAMES = 24;
/** Frames that have to agree: still and slowly moving ones look the same either way and say nothing. */
const ENOUGH = 12;
/** By how much one opinion has to outnumber the others. */
const CLEARLY = 4;

export interface Scan {
  deinterlace: FieldOrder | null;
  warnings: Warning[];
}

/**
 * Whether the pictures are interlaced, by what they look like where what the file says can't be trusted. Without a clear
 * answer the file is believed.
 */
export async function findScan(
  plan: EnginePlan,
  span: { firstFrame: number; frameCount: number },
  signal: AbortSignal,
): Promise<Scan> {
  const said = plan.source.deinterlace;
  if (!plan.scanInDoubt) return { deinterlace: said, warnings: [] };
  const frameSeconds = plan.frameRate.den / plan.frameRate.num;
  const places = span.frameCount > FRAMES * PLACES.length ? PLACES : [0];
  const counts = places.map((place) =>
    countFields(plan, { seconds: (span.firstFrame + place * span.frameCount) * frameSeconds, signal }),
  );
  return decide(said, total(await Promise.all(counts)));
}

type Fields = Record<'tff' | 'bff' | 'progressive', number>;

async function countFields(
  { ffmpeg, source }: EnginePlan,
  { seconds, signal }: { seconds: number; signal: AbortSignal },
): Promise<Fields> {
  const args = fieldsArgs(source.path, { seconds, frames: FRAMES });
  const text = (await runFfmpeg(ffmpeg, args, signal).catch(() => Buffer.alloc(0))).toString('latin1');
  signal.throwIfAborted();
  const count = (kind: string): number => text.match(new RegExp(`current_frame=${kind}\\b`, 'g'))?.length ?? 0;
  return { tff: count('tff'), bff: count('bff'), progressive: count('progressive') };
}

function total(all: readonly Fields[]): Fields {
  const sum = (kind: keyof Fields): number => all.reduce((count, fields) => count + fields[kind], 0);
  return { tff: sum('tff'), bff: sum('bff'), progressive: sum('progressive') };
}

/** Exported for tests. */
export function decide(said: FieldOrder | null, { tff, bff, progressive }: Fields): Scan {
  const [order, most, rest] = tff >= bff ? (['tff', tff, bff] as const) : (['bff', bff, tff] as const);
  const clear = (count: number, others: number): boolean => count >= ENOUGH && count > CLEARLY * others;
  if (clear(most, rest + progressive)) {
    const name = order === 'tff' ? 'upper field first' : 'lower field first';
    return { deinterlace: order, warnings: said ? [] : [warning('scan.interlaced', { order: name })] };
  }
  if (said && clear(progressive, most + rest)) return { deinterlace: null, warnings: [warning('scan.progressive')] };
  return { deinterlace: said, warnings: [] };
}
