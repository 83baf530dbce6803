import { InferenceSession, Tensor } from 'onnxruntime-node';
import { chromaSize, type PlanesFormat } from '../../src/models/planes-format.ts';

/** Codes of a frame by their place in their own plane. */
export interface Codes {
  y: (x: number, y: number) => number;
  u: (x: number, y: number) => number;
  v: (x: number, y: number) => number;
}

export interface ResultPlane {
  width: number;
  height: number;
  codes: Uint16Array;
}

export type ResultPlanes = Record<'Y' | 'U' | 'V', ResultPlane>;

/** The same codes everywhere. */
export function flat(y: number, u: number, v: number): Codes {
  return { y: () => y, u: () => u, v: () => v };
}

/** Runs a graph of planes on some frames. */
export async function runPlanes(
  graph: Uint8Array,
  format: PlanesFormat,
  frames: readonly Codes[],
): Promise<ResultPlanes[]> {
  const session = await InferenceSession.create(graph, { intraOpNumThreads: 1 });
  const chroma = chromaSize(format);
  const results: ResultPlanes[] = [];
  for (const { y, u, v } of frames) {
    const feeds = { y: plane(format, format, y), u: plane(format, chroma, u), v: plane(format, chroma, v) };
    const result = await session.run(feeds);
    results.push({ Y: resultOf(result['Y']), U: resultOf(result['U']), V: resultOf(result['V']) });
  }
  await session.release();
  return results;
}

/** A row of a plane from one column to another (excluded). */
export function row({ width, codes }: ResultPlane, y: number, from: number, to: number): number[] {
  return [...codes.subarray(y * width + from, y * width + to)];
}

function plane(
  { depth }: PlanesFormat,
  { width, height }: { width: number; height: number },
  code: (x: number, y: number) => number,
): Tensor {
  const codes = Array.from({ length: width * height }, (_, i) => code(i % width, Math.floor(i / width)));
  const dims = [1, 1, height, width];
  return depth === 8
    ? new Tensor('uint8', Uint8Array.from(codes), dims)
    : new Tensor('uint16', Uint16Array.from(codes), dims);
}

function resultOf(tensor: Tensor | undefined): ResultPlane {
  const [, , height = 0, width = 0] = tensor?.dims ?? [];
  return { width, height, codes: tensor?.data as Uint16Array };
}
