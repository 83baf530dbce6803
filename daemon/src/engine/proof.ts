import type { Precision } from '@uprez/shared';
import type { PlanesFormat } from '../models/planes-format.ts';
import { Pass } from './pass.ts';
import type { ProofPlan } from './pass-plan.ts';
import { type Area, copyArea, enlarged, type Planes, planesLayout } from './planes.ts';

/** 10-bit codes by which a way may differ from 32-bit floats on the CPU: on average, and anywhere. */
const tolerance: Record<Precision, { mean: number; most: number }> = {
  // Sums in another order, and on some devices with shorter factors.
  fp32: { mean: 0.25, most: 4 },
  fp16: { mean: 0.5, most: 8 },
  // The bundled networks are off by 2.0 on average and 50 at most on a noisy clip; saturated
  // sums, as CPUs without 8-bit dot products have them, by far more.
  int8: { mean: 6, most: 200 },
};

/**
 * Compares the middle of a frame's result with what the plain way makes of it. A driver that computes nonsense is found
 * out before a frame of it is written. Throws where they differ.
 */
export async function prove(
  pass: Pass,
  frame: { input: ArrayBufferLike; output: ArrayBufferLike },
  { proof, precision }: { proof: ProofPlan; precision: Precision },
): Promise<void> {
  const { area, inner } = proof;
  const { format, factor } = proof.pass;
  const known = await Pass.open(proof.pass, { provider: 'cpu', precision: 'fp32' }, 1);
  const input = cutOut({ buffer: frame.input, layout: pass.from }, area, format);
  const output = new ArrayBuffer(known.to.byteLength);
  await known.run(input, output);
  await known.close();
  const proven = enlarged({ ...format, width: inner.width, height: inner.height }, factor);
  const found = cutOut({ buffer: frame.output, layout: pass.to }, pass.grown(inner), proven);
  const within = { ...inner, x: inner.x - area.x, y: inner.y - area.y };
  const expected = cutOut({ buffer: output, layout: known.to }, known.grown(within), proven);
  compare(precision, new Uint16Array(found), new Uint16Array(expected));
}

/** An area of a frame as a frame of its own. */
function cutOut(from: Planes, area: Area, format: PlanesFormat): ArrayBuffer {
  const layout = planesLayout(format);
  const buffer = new ArrayBuffer(layout.byteLength);
  copyArea(from, { buffer, layout }, { area, at: { x: 0, y: 0 } });
  return buffer;
}

function compare(precision: Precision, found: Uint16Array, expected: Uint16Array): void {
  const { mean, most } = tolerance[precision];
  let [sum, largest] = [0, 0];
  for (const [i, code] of found.entries()) {
    const difference = Math.abs(code - (expected[i] ?? 0));
    sum += difference;
    if (difference > largest) largest = difference;
  }
  const average = sum / found.length;
  if (average <= mean && largest <= most) return;
  throw new Error(`its numbers are off by ${average.toFixed(2)} codes on average and ${largest} at most`);
}
