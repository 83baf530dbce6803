import { fileURLToPath } from 'node:url';
import { type Changed, Inference, type InferenceSetup } from '../../src/engine/inference.ts';
import { planesLayout } from '../../src/engine/planes.ts';
import type { PlanesFormat } from '../../src/models/planes-format.ts';
import { noTreatment } from '../../src/models/treatment.ts';
import { Chance } from './chance.ts';

const script = new URL('../../dist/inference.mjs', import.meta.url);
export const fastModel = {
  kind: 'planes',
  files: { fp32: fileURLToPath(new URL('../../../models/fast.onnx', import.meta.url)) },
} as const;

/** A frame with waves, edges and noise, so that every layer of a network has something to do. */
export function busyFrame(format: PlanesFormat, seed = 1): SharedArrayBuffer {
  const chance = new Chance(seed);
  const { byteLength, bytesPerSample, ...planes } = planesLayout(format);
  const buffer = new SharedArrayBuffer(byteLength);
  const codes = bytesPerSample === 1 ? new Uint8Array(buffer) : new Uint16Array(buffer);
  const unit = 2 ** (format.depth - 8);
  for (const { width, start, length } of Object.values(planes))
    for (let i = 0; i < length; i++) {
      const [x, y] = [i % width, Math.floor(i / width)];
      const waves = 40 * Math.sin(x / 3 + y / 7) + ((x >> 4) + (y >> 4)) * 3 + (x % 32 < 16 ? 30 : 0);
      codes[start + i] = (60 + (waves % 100) + chance.fraction() * 12) * unit;
    }
  return buffer;
}

type Wanted = Pick<InferenceSetup, 'model' | 'ways' | 'format'> & Partial<InferenceSetup>;

/** Real inference threads; the caller closes them. */
export function openInference(setup: Wanted, changed?: Changed): Promise<Inference> {
  const usual = { scale: 2, treatment: noTreatment, threads: 1, mostSamples: null } as const;
  return Inference.open({ ...usual, ...setup }, script, changed);
}

/** A frame's result from real inference threads, as 10-bit codes. */
export async function enlarge(setup: Wanted, changed?: Changed): Promise<Uint16Array> {
  const inference = await openInference(setup, changed);
  try {
    const { planes } = await inference.double(0, busyFrame(setup.format));
    return new Uint16Array(planes.slice().buffer);
  } finally {
    await inference.close();
  }
}

/** Largest and mean difference of two results, in codes. */
export function difference(a: Uint16Array, b: Uint16Array): { mean: number; most: number } {
  let [sum, most] = [0, 0];
  for (const [i, code] of a.entries()) {
    const off = Math.abs(code - (b[i] ?? 0));
    sum += off;
    most = Math.max(most, off);
  }
  return { mean: sum / a.length, most };
}
