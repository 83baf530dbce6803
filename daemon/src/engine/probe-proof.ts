import type { Size } from '@uprez/shared';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { OnnxModel } from '../models/onnx.ts';
import type { PlanesFormat } from '../models/planes-format.ts';
import { rgbGraph } from '../models/rgb-graph.ts';
import { type RgbTraits, rgbChain } from '../models/rgb-traits.ts';
import { planesLayout } from './planes.ts';

/** y, u, v of patches in a row: the bars of ITU-R BT.709 at 75 %, 8-bit. */
const patches = [
  [180, 128, 128],
  [168, 44, 136],
  [145, 147, 44],
  [134, 63, 52],
  [63, 193, 204],
  [51, 109, 212],
  [28, 212, 120],
  [16, 128, 128],
] as const;

/** 10-bit codes that the middle of a patch may be off: the graph locks colours, so more means that something is wrong. */
const BOUND = 40;

/** Runs the network as the engine does, once for each scale, on a small frame of patches. Throws what is wrong with it. */
export async function proveUpscaler(model: OnnxModel, traits: RgbTraits): Promise<void> {
  const size = frameSize(traits);
  const format: PlanesFormat = { ...size, chroma: '444', depth: 8, range: 'limited', matrix: '709', grey: false };
  for (const scale of [2, 4] as const) {
    // Where it takes two graphs, they are those of the smaller scale.
    if (rgbChain(traits.scale, scale).length > 1) continue;
    const planes = await runOnce(rgbGraph({ format, model, traits, scale }), format);
    for (const [i, name] of (['Y', 'U', 'V'] as const).entries()) expectPatches(planes[name], { name, i, size, scale });
  }
}

/** Eight patches side by side, as large as the network takes, and no larger than needed. */
function frameSize({ fixed }: RgbTraits): Size {
  const width = Math.min(fixed?.width ?? 256, 256);
  return { width: Math.floor(width / 8) * 8, height: Math.min(fixed?.height ?? 40, 40) };
}

async function runOnce(graph: Uint8Array, format: PlanesFormat) {
  const session = await InferenceSession.create(graph, { executionProviders: ['cpu'], logSeverityLevel: 4 });
  const { y } = planesLayout(format);
  const patch = format.width / patches.length;
  const plane = (part: number): Tensor => {
    const codes = Uint8Array.from({ length: y.length }, (_, i) => {
      return patches[Math.floor((i % format.width) / patch)]?.[part] ?? 0;
    });
    return new Tensor('uint8', codes, [1, 1, format.height, format.width]);
  };
  const result = await session.run({ y: plane(0), u: plane(1), v: plane(2) });
  await session.release();
  return { Y: result['Y'], U: result['U'], V: result['V'] };
}

function expectPatches(
  plane: Tensor | undefined,
  { name, i, size, scale }: { name: 'Y' | 'U' | 'V'; i: number; size: Size; scale: number },
): void {
  const [, , height = 0, width = 0] = plane?.dims ?? [];
  if (!plane || height !== size.height * scale || width !== (size.width * scale) / (name === 'Y' ? 1 : 2))
    throw new Error(`its ${name} plane is ${width}x${height} at ${scale}x`);
  const codes = plane.data as Uint16Array;
  const off = patches.map((patch, at) => {
    const middle = Math.floor(height / 2) * width + Math.floor(((at + 0.5) * width) / patches.length);
    return Math.abs((codes[middle] ?? 0) - (patch[i] ?? 0) * 4);
  });
  if (Math.max(...off) > BOUND) throw new Error(`flat colours come back off by ${Math.max(...off)} of 1023 codes`);
}
