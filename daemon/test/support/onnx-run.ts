import { InferenceSession, Tensor } from 'onnxruntime-node';

/** A picture as a network takes and returns it: [1, 3, height, width]. */
export interface Picture {
  dims: number[];
  values: Float32Array;
}

/** What a network with the values `input` and `output` makes of a picture. */
export async function enlarge(model: Uint8Array, { dims, values }: Picture): Promise<Picture> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const { output } = await session.run({ input: new Tensor('float32', values, dims) });
  await session.release();
  return { dims: [...output!.dims], values: output!.data as Float32Array };
}

/** Largest difference between samples. */
export function farthest(a: Picture, b: Picture): number {
  if (a.dims.join() !== b.dims.join()) return Infinity;
  return a.values.reduce((most, value, i) => Math.max(most, Math.abs(value - (b.values[i] ?? Number.NaN))), 0);
}
