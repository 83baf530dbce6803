import { AppError, type Way, type WaySpeed } from '@uprez/shared';
import type { EngineModel } from '../models/engine-model.ts';
import type { PlanesFormat } from '../models/planes-format.ts';
import { noTreatment } from '../models/treatment.ts';
import { Inference } from './inference.ts';
import { planesLayout } from './planes.ts';

/** Ways to try a model in, to find out which is fastest on this computer. */
export interface Trial {
  model: EngineModel;
  ways: readonly Way[];
  threads: number;
  /** Time to measure each way for, after its first frames. */
  milliseconds: number;
}

/** Small enough for a slow computer to get through in a moment, large enough to be dominated by the work itself. */
const format: PlanesFormat = {
  width: 640,
  height: 360,
  chroma: '420',
  depth: 10,
  range: 'limited',
  matrix: '709',
  grey: false,
};

/** Tries one way after the other, each as jobs run it. A driver may end the process meanwhile: each is told at once. */
export async function tryWays(
  { model, ways, threads, milliseconds }: Trial,
  script: URL,
  tried: (speed: WaySpeed) => Promise<void>,
): Promise<void> {
  for (const way of ways) {
    const setup = { format, scale: 2, treatment: noTreatment, model, ways: [way], mostSamples: null, threads } as const;
    try {
      const inference = await Inference.open(setup, script);
      const framesPerSecond = await measure(inference, milliseconds);
      await tried({ way, samplesPerSecond: framesPerSecond * format.width * format.height, why: null });
      await inference.close();
    } catch (error) {
      await tried({ way, samplesPerSecond: null, why: reason(error) });
    }
  }
}

async function measure(inference: Inference, milliseconds: number): Promise<number> {
  const frame = async (index: number): Promise<void> => (await inference.double(index, busyFrame())).release();
  // The first frames open the sessions, and prove the numbers.
  await Promise.all(Array.from({ length: inference.lanes }, (_, lane) => frame(lane)));
  const startedAt = performance.now();
  let frames = 0;
  const lane = async (): Promise<void> => {
    do {
      await frame(frames);
      frames += 1;
    } while (performance.now() - startedAt < milliseconds);
  };
  await Promise.all(Array.from({ length: inference.lanes }, lane));
  return (frames * 1000) / (performance.now() - startedAt);
}

/** Waves, edges and grain: detail that wrong arithmetic would show in. */
function busyFrame(): SharedArrayBuffer {
  const { byteLength, y, u, v } = planesLayout(format);
  const frame = new SharedArrayBuffer(byteLength);
  const codes = new Uint16Array(frame);
  for (const { width, start, length } of [y, u, v])
    for (let i = 0; i < length; i++) {
      const [column, row] = [i % width, Math.floor(i / width)];
      const grain = (Math.imul(i + 1, 0x9e3779b1) >>> 26) - 32;
      codes[start + i] = 500 + 160 * Math.sin(column / 3 + row / 7) + ((column >> 4) + (row >> 4)) * 4 + grain;
    }
  return frame;
}

function reason(error: unknown): string {
  const why = error instanceof AppError ? error.data['why'] : undefined;
  const text = typeof why === 'string' ? why : String(error);
  // onnxruntime begins with the place in its sources and the condition that did not hold.
  return (text.split('\n')[0] ?? '').replace(/^.* was false\. */, '').slice(0, 200);
}
