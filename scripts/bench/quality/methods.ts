import { type Precision, Task } from '@uprez/shared';
import { enginePlan } from '../../../daemon/src/backends/local/plan.ts';
import { decodeFrames } from '../../../daemon/src/engine/decoder.ts';
import { Inference } from '../../../daemon/src/engine/inference.ts';
import { runFfmpeg } from '../../../daemon/src/media/ffmpeg.ts';
import { probe } from '../../../daemon/src/media/probe.ts';
import type { EnginePlan } from '../../../daemon/src/engine/plan.ts';
import { StillPlaces } from '../../../daemon/src/engine/still-places.ts';
import type { EngineModel } from '../../../daemon/src/models/engine-model.ts';
import { cut, SIZE } from './originals.ts';
import type { TrialClip } from './trials.ts';

const inferenceScript = new URL('../../../daemon/dist/inference.mjs', import.meta.url);
const LUMA_BYTES = SIZE.width * SIZE.height * 2;

/** A way to double clips to luma planes of 10-bit words. */
export interface Method {
  name: string;
  /** Luma of the clip's frames that are looked at. */
  double(clip: TrialClip): Promise<Uint8Array[]>;
  /** Of enlarging alone, over everything so far; null where it can't be told from decoding. */
  framesPerSecond(): number | null;
  close(): Promise<void>;
}

export interface MethodTools {
  ffmpeg: string;
  threads: number;
}

/** A model as the engine runs it: same plan, same decoding, same graphs, same threads. */
export class ModelMethod implements Method {
  readonly name: string;
  private readonly model: EngineModel;
  private readonly precision: Precision;
  private readonly tools: MethodTools;
  private inference: Inference | undefined;
  private frames = 0;
  private milliseconds = 0;

  constructor(name: string, how: { model: EngineModel; precision: Precision }, tools: MethodTools) {
    this.name = name;
    this.model = how.model;
    this.precision = how.precision;
    this.tools = tools;
  }

  async double(clip: TrialClip): Promise<Uint8Array[]> {
    const plan = await this.planOf(clip.path);
    // All clips have the same format.
    const inference = (this.inference ??= await warmed(
      await Inference.open({ format: plan.source, ...plan }, inferenceScript),
    ));
    const decoded = await this.decoded(plan, clip.frames);
    const startedAt = performance.now();
    const luma = await Promise.all(decoded.map((frame, i) => lumaOf(inference, i, frame)));
    this.frames += luma.length;
    this.milliseconds += performance.now() - startedAt;
    const still = new StillPlaces(LUMA_BYTES, plan.stillness.result);
    for (const [i, frame] of luma.entries()) still.keep(frame, { fresh: i === 0 });
    return luma;
  }

  framesPerSecond(): number {
    return (1000 * this.frames) / this.milliseconds;
  }

  async close(): Promise<void> {
    await this.inference?.close();
  }

  private async planOf(path: string) {
    const media = await probe(path, { maxFileBytes: Number.MAX_SAFE_INTEGER });
    const ways = [{ provider: 'cpu', precision: this.precision } as const];
    return enginePlan(Task.parse({ source: path }), media, { ...this.tools, model: this.model, ways });
  }

  private async decoded(
    { source, stillness }: Pick<EnginePlan, 'source' | 'stillness'>,
    wanted: readonly number[],
  ): Promise<SharedArrayBuffer[]> {
    const found: SharedArrayBuffer[] = [];
    const bytes = this.inference?.frameBytes ?? 0;
    const still = new StillPlaces(bytes, stillness.source);
    const buffer = (): SharedArrayBuffer => new SharedArrayBuffer(bytes);
    const frames = { first: 0, jobFirst: 0, count: Math.max(...wanted) + 1, startSeconds: 0 };
    const signal = new AbortController().signal;
    for await (const { index, data } of decodeFrames({ ffmpeg: this.tools.ffmpeg, source, frames, buffer, signal })) {
      still.keep(new Uint8Array(data), { fresh: index === 0 });
      if (wanted.includes(index)) found.push(data);
    }
    return found;
  }
}

/** Graphs are built with the first frame of each thread. */
async function warmed(inference: Inference): Promise<Inference> {
  await Promise.all(Array.from({ length: inference.lanes }, () => lumaOf(inference, 0, inference.frame())));
  return inference;
}

async function lumaOf(inference: Inference, index: number, frame: SharedArrayBuffer): Promise<Uint8Array> {
  const done = await inference.double(index, frame);
  const luma = done.planes.slice(0, LUMA_BYTES);
  done.release();
  return luma;
}

/** What ffmpeg's scaler makes of clips, and further filters of the luma. */
export function scalerMethod(
  name: string,
  how: { flags: string; afterwards?: string },
  { ffmpeg }: MethodTools,
): Method {
  const scale = `scale=${SIZE.width}:${SIZE.height}:flags=${how.flags}+accurate_rnd`;
  const filters = [scale, 'format=yuv422p10le', 'extractplanes=y', ...(how.afterwards ? [how.afterwards] : [])];
  return {
    name,
    async double({ path, frames }) {
      const select = `select=${frames.map((frame) => `eq(n\\,${frame})`).join('+')}`;
      const output = ['-fps_mode', 'passthrough', '-pix_fmt', 'gray10le', '-f', 'rawvideo', 'pipe:1'];
      const luma = await runFfmpeg(ffmpeg, ['-i', `file:${path}`, '-vf', [select, ...filters].join(','), ...output]);
      return cut(luma, LUMA_BYTES);
    },
    framesPerSecond: () => null,
    close: () => Promise.resolve(),
  };
}
