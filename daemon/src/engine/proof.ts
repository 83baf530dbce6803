import { plainWay, type Precision, type Way, wayName } from '@uprez/shared';
import type { FrameGraphs } from '../models/frame-graphs.ts';
import { Pass } from './pass.ts';
import { copyArea, enlarged, planesLayout } from './planes.ts';

/** Side of the part that is compared, in luma samples of the source. */
const PROVEN_SIDE = 96;

/** 10-bit codes by which a way may differ from 32-bit floats on the CPU: on average, and anywhere. */
const tolerance: Record<Precision, { mean: number; most: number }> = {
  // Sums in another order, and on some devices with shorter factors.
  fp32: { mean: 0.25, most: 4 },
  fp16: { mean: 0.5, most: 8 },
  // Saturated sums, as CPUs without 8-bit dot products have them, are off by far more.
  int8: { mean: 2, most: 64 },
};

/**
 * Compares the middle of a frame's result with what the plain way makes of it. A driver that computes nonsense is found
 * out before a frame of it is written. Throws where they differ.
 */
export async function prove(
  pass: Pass,
  frame: { input: ArrayBuffer; output: ArrayBuffer },
  { way, graphs }: { way: Way; graphs: FrameGraphs },
): Promise<void> {
  const { area, inner } = middle(pass.format, graphs);
  const format = { ...pass.format, width: area.width, height: area.height };
  const input = new ArrayBuffer(planesLayout(format).byteLength);
  const corner = { x: 0, y: 0 };
  copyArea(
    { buffer: frame.input, layout: pass.from },
    { buffer: input, layout: planesLayout(format) },
    { area, at: corner },
  );
  const output = new ArrayBuffer(planesLayout(enlarged(format, pass.factor)).byteLength);
  const setup = { graphs, format, factor: pass.factor, way: plainWay, threads: 1, most: Number.POSITIVE_INFINITY };
  const known = await Pass.open(setup);
  await known.run(input, output);
  await known.close();
  const proven = planesLayout(enlarged({ ...format, ...inner }, pass.factor));
  const cut = (buffer: ArrayBuffer, of: Pass, x: number, y: number): Uint16Array => {
    const part = new ArrayBuffer(proven.byteLength);
    const from = of.grown({ x, y, width: inner.width, height: inner.height });
    copyArea({ buffer, layout: of.to }, { buffer: part, layout: proven }, { area: from, at: corner });
    return new Uint16Array(part);
  };
  compare(way, cut(frame.output, pass, inner.x, inner.y), cut(output, known, inner.x - area.x, inner.y - area.y));
}

/** The part to compare, and the area around it that its result depends on. */
function middle({ width, height }: { width: number; height: number }, { overlap, grid }: FrameGraphs) {
  const across = stretch(width, overlap, grid);
  const down = stretch(height, overlap, grid);
  return {
    area: { x: across.start, y: down.start, width: across.length, height: down.length },
    inner: { x: across.from, y: down.from, width: across.to - across.from, height: down.to - down.from },
  };
}

function stretch(length: number, overlap: number, grid: number) {
  const around = Math.ceil(overlap / grid) * grid;
  const side = Math.ceil(PROVEN_SIDE / grid) * grid;
  if (length <= side + 2 * around + grid) return { start: 0, length, from: 0, to: length };
  const start = Math.floor((length - side - 2 * around) / 2 / grid) * grid;
  return { start, length: side + 2 * around, from: start + around, to: start + around + side };
}

function compare(way: Way, found: Uint16Array, expected: Uint16Array): void {
  const { mean, most } = tolerance[way.precision];
  let [sum, largest] = [0, 0];
  for (const [i, code] of found.entries()) {
    const difference = Math.abs(code - (expected[i] ?? 0));
    sum += difference;
    if (difference > largest) largest = difference;
  }
  const average = sum / found.length;
  if (average <= mean && largest <= most) return;
  throw new Error(`${wayName(way)} is off by ${average.toFixed(2)} codes on average and ${largest} at most`);
}
