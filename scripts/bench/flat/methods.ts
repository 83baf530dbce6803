import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Deband, plainWay, Task } from '@uprez/shared';
import { enginePlan } from '../../../daemon/src/backends/local/plan.ts';
import { runEngine } from '../../../daemon/src/backends/local/engine-process.ts';
import { startFfmpeg } from '../../../daemon/src/media/ffmpeg.ts';
import { probe } from '../../../daemon/src/media/probe.ts';
import { measured } from '../measure.ts';
import { type Result, resultFrame } from './measures.ts';
import { CHROMA_WIDTH, FRAMES, SIZE } from './scene.ts';

/** A clip as ProRes, and what that cost. */
export interface Converted {
  results: Result[];
  cpuSeconds: number | null;
}

export interface Tools {
  ffmpeg: string;
  threads: number;
}

/** The command of the conversion service, word for word. */
const command =
  '-c:v prores_ks -profile:v 3 -vendor apl0 -bits_per_mb 8000 -pix_fmt yuv422p10le -vf gradfun=1.1:20,eq=contrast=0.9:saturation=0.85:brightness=0.03 -c:a pcm_s16le';

export async function convertedByCommand(clip: string, { ffmpeg }: Tools): Promise<Converted> {
  const path = `${clip}.original.mov`;
  return finished(ffmpeg, path, async () => {
    const process = startFfmpeg(ffmpeg, ['-i', `file:${clip}`, ...command.split(' '), '-y', `file:${path}`]);
    process.stdout.resume();
    await process.ended;
  });
}

const script = fileURLToPath(new URL('../../../daemon/dist/engine.mjs', import.meta.url));

/** A job of `uprez flat`, in an engine process of its own as always. */
export async function convertedByUs(clip: string, { ffmpeg, threads }: Tools, deband: Deband): Promise<Converted> {
  const media = await probe(clip, { maxFileBytes: Number.MAX_SAFE_INTEGER });
  const task = Task.parse({ source: clip, model: 'none', scale: 1, look: { id: 'flat' }, deband });
  const { output, ...plan } = enginePlan(task, media, {
    ...{ ffmpeg, threads, ways: [plainWay] },
    model: { kind: 'interpolation' },
  });
  const path = `${clip}.ours.mov`;
  const whole = { ...plan, output: { ...output, path, partial: `${path}.partial` } };
  return finished(ffmpeg, path, async () => {
    const quiet = { signal: new AbortController().signal, onMessage: () => undefined };
    const process = { script, started: () => undefined, ended: () => undefined };
    await runEngine({ plan: whole, findings: null, done: [] }, { ...quiet, ...process });
    await rm(whole.output.partial, { force: true });
  });
}

/** Runs a conversion, takes its cost, and reads the beginning of its result back. */
async function finished(ffmpeg: string, path: string, convert: () => Promise<void>): Promise<Converted> {
  const { cpuSeconds } = await measured(convert);
  const results = await firstFrames(ffmpeg, path);
  await rm(path);
  return { results, cpuSeconds };
}

async function firstFrames(ffmpeg: string, path: string): Promise<Result[]> {
  const output = ['-frames:v', String(FRAMES), '-f', 'rawvideo', '-pix_fmt', 'yuv422p10le', 'pipe:1'];
  const process = startFfmpeg(ffmpeg, ['-i', `file:${path}`, ...output]);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdout) chunks.push(chunk as Buffer);
  await process.ended;
  const all = Buffer.concat(chunks);
  const frameBytes = (SIZE.width + 2 * CHROMA_WIDTH) * SIZE.height * 2;
  return Array.from({ length: all.length / frameBytes }, (_, i) =>
    resultFrame(all.subarray(i * frameBytes, (i + 1) * frameBytes)),
  );
}
