import { floatsAt, halvesAt, type Tensor } from './tensors.ts';

/** One layer's share of a weights file. `dims` of a convolution: [outputs, inputs, kernel height, kernel width]. */
export type NcnnLayer =
  | { name: string; kind: 'convolution'; dims: readonly [number, number, number, number] }
  | { name: string; kind: 'slopes'; count: number };

/** Marks a convolution whose weights are in half precision (ncnn, `src/modelbin.cpp`). */
const HALF_FLAG = 0x01306b47;

/**
 * The weights in an ncnn `.bin`, named like PyTorch's. The file says nothing about its layers, so they have to be known:
 * a convolution is a flag, the weights as halves padded to four bytes, and the bias in single precision; slopes of a
 * PReLU are in single precision without a flag. A deconvolution is stored like a convolution. Throws when the file is
 * shorter, longer or flagged otherwise.
 */
export function readNcnn(bytes: Uint8Array, layers: readonly NcnnLayer[]): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  let at = 0;
  const next = (count: number, size: number): number => {
    const start = at;
    at += Math.ceil((count * size) / 4) * 4;
    if (at > bytes.length) throw new Error('the weights are cut off');
    return start;
  };
  for (const layer of layers) {
    if (layer.kind === 'slopes') {
      const values = floatsAt(bytes, next(layer.count, 4), layer.count);
      tensors.set(`${layer.name}.weight`, { dims: [layer.count], values });
      continue;
    }
    const flag = new DataView(bytes.buffer, bytes.byteOffset + next(1, 4), 4).getUint32(0, true);
    if (flag !== HALF_FLAG) throw new Error(`the weights of ${layer.name} are not in half precision`);
    const [outputs] = layer.dims;
    const count = layer.dims.reduce((product, n) => product * n, 1);
    tensors.set(`${layer.name}.weight`, { dims: layer.dims, values: halvesAt(bytes, next(count, 2), count) });
    tensors.set(`${layer.name}.bias`, { dims: [outputs], values: floatsAt(bytes, next(outputs, 4), outputs) });
  }
  if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes are left behind the weights`);
  return tensors;
}
