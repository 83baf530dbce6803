import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Size } from '@uprez/shared';
import { runFfmpeg } from '../../../daemon/src/media/ffmpeg.ts';

/** Pixels at each side that are left out: what lies beyond the frame is everybody's guess. */
const CROP = 8;
const PEAK = 1023;

export interface Score {
  /** In squared 10-bit codes. */
  squaredError: number;
  ssim: number;
}

/** Compares luma planes of 10-bit words, frame by frame, by ffmpeg's `psnr` and `ssim`. */
export async function scoresOf(
  tools: { ffmpeg: string; folder: string },
  { width, height }: Size,
  frames: { got: readonly Uint8Array[]; wanted: readonly Uint8Array[] },
): Promise<Score[]> {
  const inputs: string[] = [];
  for (const [name, planes] of Object.entries(frames)) {
    const path = join(tools.folder, `${name}.gray`);
    await writeFile(path, planes);
    const format = ['-f', 'rawvideo', '-pixel_format', 'gray10le', '-video_size', `${width}x${height}`];
    inputs.push(...format, '-framerate', '24', '-i', `file:${path}`);
  }
  const inside = `crop=${width - 2 * CROP}:${height - 2 * CROP}:${CROP}:${CROP},split`;
  const graph = [
    `[0:v]${inside}[a][b];[1:v]${inside}[c][d]`,
    '[a][c]psnr=stats_file=-[p];[b][d]ssim=stats_file=-[s]',
  ].join(';');
  const outputs = ['-map', '[p]', '-f', 'null', '-', '-map', '[s]', '-f', 'null', '-'];
  const text = (await runFfmpeg(tools.ffmpeg, [...inputs, '-filter_complex', graph, ...outputs])).toString('latin1');
  const all = (pattern: RegExp): number[] => [...text.matchAll(pattern)].map((match) => Number(match[1]));
  const [errors, similarities] = [all(/mse_y:([\d.]+)/g), all(/ Y:([\d.]+)/g)];
  if (errors.length !== frames.got.length || similarities.length !== errors.length)
    throw new Error(`ffmpeg compared ${errors.length} of ${frames.got.length} frames`);
  return errors.map((squaredError, i) => ({ squaredError, ssim: similarities[i] ?? NaN }));
}

export function decibels(squaredError: number): number {
  return 10 * Math.log10(PEAK ** 2 / squaredError);
}

/** Mean |change| of 10-bit words from each frame to the next, in codes; 0 where there is only one. */
export function meanChange(frames: readonly Uint8Array[]): number {
  return mean(frames.slice(1).map((frame, i) => meanDistance(words(frame), words(frames[i] ?? frame))));
}

/** Root of the mean squared distance of 10-bit words from what they should be, border left out, in codes. */
export function rmsError(frame: Uint8Array, wanted: Float64Array, { width, height }: Size): number {
  const codes = words(frame);
  let sum = 0;
  for (let y = CROP; y < height - CROP; y++)
    for (let i = y * width + CROP; i < (y + 1) * width - CROP; i++) sum += ((codes[i] ?? 0) - (wanted[i] ?? 0)) ** 2;
  return Math.sqrt(sum / ((width - 2 * CROP) * (height - 2 * CROP)));
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanDistance(one: Uint16Array, other: Uint16Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += Math.abs((one[i] ?? 0) - (other[i] ?? 0));
  return sum / one.length;
}

function words({ buffer, byteOffset, byteLength }: Uint8Array): Uint16Array {
  const aligned = byteOffset % 2 === 0;
  return aligned ? new Uint16Array(buffer, byteOffset, byteLength / 2) : new Uint16Array(buffer.slice(byteOffset));
}
