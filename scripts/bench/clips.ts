import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runFfmpeg } from '../../daemon/src/media/ffmpeg.ts';

export interface BenchClip {
  path: string;
  width: number;
  height: number;
  frames: number;
}

/** Pictures that compress like footage: `detail` is crisp and moving, `noisy` has grain on every pixel. */
const pictures = {
  detail: 'mandelbrot=size=960x540:rate=24:start_scale=2:end_scale=0.2:end_pts=240',
  noisy: 'mandelbrot=size=960x540:rate=24:end_pts=240,noise=alls=24:allf=t',
} as const;

/** An H.264 clip of 960x540 at 24 fps, made once per folder. */
export async function benchClip(
  ffmpeg: string,
  folder: string,
  options: { picture: keyof typeof pictures; seconds: number },
): Promise<BenchClip> {
  const { picture, seconds } = options;
  const path = join(folder, `${picture}-${seconds}s.mp4`);
  const known = await stat(path).catch(() => undefined);
  if (!known) {
    const crf = picture === 'noisy' ? '12' : '20';
    const encode = ['-c:v', 'libx264', '-preset', 'medium', '-crf', crf, '-pix_fmt', 'yuv420p', '-t', String(seconds)];
    await runFfmpeg(ffmpeg, ['-f', 'lavfi', '-i', pictures[picture], ...encode, '-y', `file:${path}`]);
  }
  return { path, width: 960, height: 540, frames: seconds * 24 };
}
