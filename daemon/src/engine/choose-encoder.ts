import type { Size } from '@uprez/shared';
import { codePoints } from '../media/colors.ts';
import { type EncodeFormat, encodeArgs, type ProresEncoder } from '../media/encode-args.ts';
import { startFfmpeg } from '../media/ffmpeg.ts';
import { FRAME_HEADER_BYTES, parseFrameHeader } from '../media/mov/frame-header.ts';
import { proresFrames } from '../media/mov/prores-stream.ts';
import type { EnginePlan } from './plan.ts';

/** Frames of the trial: one could be luck. */
const TRIED = 2;

/**
 * The encoder in the chip of newer Macs where it proves itself on this job's format, else ffmpeg's own. Transparency is
 * written by ffmpeg's own.
 */
export async function chooseEncoder(
  plan: EnginePlan,
  platform: NodeJS.Platform,
  signal: AbortSignal,
): Promise<ProresEncoder> {
  if (platform !== 'darwin' || plan.output.alpha) return 'prores_ks';
  const works = await tryEncoder(plan, 'prores_videotoolbox', signal).catch(() => false);
  signal.throwIfAborted();
  return works ? 'prores_videotoolbox' : 'prores_ks';
}

/** Does an encoder make whole frames of the right size, sampling and colour of grey ones? Rejects where it can't be run. */
export async function tryEncoder(plan: EnginePlan, encoder: ProresEncoder, signal: AbortSignal): Promise<boolean> {
  const { ffmpeg: path, frameRate, threads, output } = plan;
  const choice = { encoder, quantiser: 1, alpha: null };
  const format: EncodeFormat = { ...output.size, color: output.color, frameRate, threads, ...choice };
  const ffmpeg = startFfmpeg(path, encodeArgs(format), { stdin: true, signal });
  const grey = Buffer.from(new Uint16Array(planeSamples(output.size)).fill(512).buffer);
  for (let i = 0; i < TRIED; i++) ffmpeg.stdin?.write(grey);
  ffmpeg.stdin?.end();
  const headers: Buffer[] = [];
  for await (const frames of proresFrames(ffmpeg.stdout, { maxFrameBytes: grey.length + 65_536 }))
    for (const { parts } of frames) headers.push(Buffer.concat(parts).subarray(0, FRAME_HEADER_BYTES));
  await ffmpeg.ended;
  return headers.length === TRIED && headers.every((header) => fits(header, format));
}

/** A luma plane, and two of chroma with half the columns. */
function planeSamples({ width, height }: Size): number {
  return height * (width + 2 * Math.ceil(width / 2));
}

function fits(bytes: Buffer, { width, height, color }: EncodeFormat): boolean {
  const wanted = { width, height, chroma: '422', interlace: 0, color: codePoints(color), alpha: false };
  return JSON.stringify(parseFrameHeader(bytes)) === JSON.stringify(wanted);
}
