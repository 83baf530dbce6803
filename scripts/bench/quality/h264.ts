import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runFfmpeg } from '../../../daemon/src/media/ffmpeg.ts';
import { SMALL } from './originals.ts';

/** An H.264 clip of 8-bit 4:2:0 frames at a rate factor, P and B frames included. Returns its path. */
export async function encodedClip(
  tools: { ffmpeg: string; folder: string },
  frames: readonly Uint8Array[],
  { name, crf }: { name: string; crf: number },
): Promise<string> {
  const raw = join(tools.folder, 'before.yuv');
  const path = join(tools.folder, `${name}-${crf}.mp4`);
  await writeFile(raw, frames);
  const format = ['-f', 'rawvideo', '-pixel_format', 'yuv420p', '-video_size', `${SMALL.width}x${SMALL.height}`];
  // The number of threads changes what the encoder decides.
  const encode = ['-c:v', 'libx264', '-threads', '1', '-preset', 'medium', '-crf', String(crf), '-y'];
  await runFfmpeg(tools.ffmpeg, [...format, '-framerate', '24', '-i', `file:${raw}`, ...encode, `file:${path}`]);
  return path;
}
