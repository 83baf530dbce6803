import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { runFfmpeg } from '../../../daemon/src/media/ffmpeg.ts';
import { FRAMES, SIZE, source, truth } from './scene.ts';

/** The scene as 8-bit 4:2:0 frames in a file, once. */
export async function rawScene(folder: string): Promise<string> {
  const path = join(folder, 'scene.yuv');
  const file = await open(path, 'w');
  for (let frame = 0; frame < FRAMES; frame++) await file.write(source(truth(frame)));
  await file.close();
  return path;
}

/** An H.264 clip of it at a rate factor, as generators and cameras deliver them; longer ones begin again and again. */
export async function encodedScene(
  tools: { ffmpeg: string; folder: string },
  raw: string,
  { crf, frames }: { crf: number; frames: number },
): Promise<string> {
  const path = join(tools.folder, `scene-${crf}.mp4`);
  const format = ['-f', 'rawvideo', '-pixel_format', 'yuv420p', '-video_size', `${SIZE.width}x${SIZE.height}`];
  const loop = ['-stream_loop', String(Math.ceil(frames / FRAMES) - 1), '-framerate', '24'];
  // The number of threads changes what the encoder decides.
  const encode = ['-c:v', 'libx264', '-threads', '1', '-preset', 'medium', '-crf', String(crf)];
  const input = [...loop, ...format, '-i', `file:${raw}`];
  await runFfmpeg(tools.ffmpeg, [...input, ...encode, '-frames:v', String(frames), '-y', `file:${path}`]);
  return path;
}
