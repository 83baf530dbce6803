import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { startFfmpeg } from '../../daemon/src/media/ffmpeg.ts';
import { encodeArgs } from '../../daemon/src/media/encode-args.ts';
import { targetFrameBytes } from '../../daemon/src/engine/quantiser.ts';
import type { EnginePlan } from '../../daemon/src/engine/plan.ts';
import { measured } from './measure.ts';

export interface EncoderFigures {
  cpuSeconds: number | null;
  /** Mean frame size as a part of Apple's HQ target. */
  rate: number;
  psnrY: number;
}

/**
 * The same frames through prores_ks with our quantiser and at its defaults: CPU seconds, rate and luma PSNR against
 * the frames before encoding.
 */
export async function compareEncoders(
  plan: EnginePlan,
  frames: readonly Uint8Array[],
  at: { quantiser: number; folder: string },
): Promise<{ ours: EncoderFigures; defaults: EncoderFigures }> {
  const raw = join(at.folder, 'frames.yuv');
  const file = await open(raw, 'w');
  for (const frame of frames) await file.write(frame);
  await file.close();
  const { size, color } = plan.output;
  const args = encodeArgs({
    ...size,
    color,
    frameRate: plan.frameRate,
    ...{ encoder: 'prores_ks' as const, alpha: null },
    quantiser: at.quantiser,
    threads: plan.threads,
  });
  const fromFile = args.map((arg) => (arg === 'pipe:0' ? `file:${raw}` : arg));
  const position = fromFile.indexOf('-qscale:v');
  const withoutQuantiser = fromFile.filter((_, i) => i !== position && i !== position + 1);
  const job = { plan, raw, folder: at.folder, count: frames.length };
  return { ours: await encoded(job, fromFile, 'ours'), defaults: await encoded(job, withoutQuantiser, 'defaults') };
}

interface EncodingJob {
  plan: EnginePlan;
  raw: string;
  folder: string;
  count: number;
}

async function encoded(
  { plan, raw, folder, count }: EncodingJob,
  args: readonly string[],
  name: string,
): Promise<EncoderFigures> {
  const path = join(folder, `${name}.mov`);
  const toFile = [...args.slice(0, -3), '-y', '-f', 'mov', `file:${path}`];
  const cost = await measured(async () => {
    const ffmpeg = startFfmpeg(plan.ffmpeg, toFile);
    ffmpeg.stdout.resume();
    await ffmpeg.ended;
  });
  const file = await open(path);
  const { size } = await file.stat();
  await file.close();
  return {
    cpuSeconds: cost.cpuSeconds,
    rate: size / count / targetFrameBytes(plan.output.size),
    psnrY: await psnrY(plan, { path, raw, folder }),
  };
}

async function psnrY(plan: EnginePlan, files: { path: string; raw: string; folder: string }): Promise<number> {
  const { width, height } = plan.output.size;
  const stats = join(files.folder, 'psnr.log');
  const rawInput = [
    '-f',
    'rawvideo',
    '-pixel_format',
    'yuv422p10le',
    '-video_size',
    `${width}x${height}`,
    '-framerate',
    '24',
    '-i',
    `file:${files.raw}`,
  ];
  const ffmpeg = startFfmpeg(plan.ffmpeg, [
    '-i',
    `file:${files.path}`,
    ...rawInput,
    '-lavfi',
    `psnr=stats_file=${stats}`,
    '-f',
    'null',
    '-',
  ]);
  ffmpeg.stdout.resume();
  await ffmpeg.ended;
  const handle = await open(stats);
  const lines = (await handle.readFile('utf8')).match(/mse_y:([\d.]+)/g) ?? [];
  await handle.close();
  const mse = lines.reduce((sum, line) => sum + Number(line.slice(6)), 0) / lines.length;
  return 10 * Math.log10(1023 ** 2 / mse);
}
