import { encodeModel, type OnnxGraph } from '../onnx.ts';
import { readCheckpoint } from '../weights/checkpoint.ts';
import { readNcnn } from '../weights/ncnn.ts';
import { type Tensor, Tensors } from '../weights/tensors.ts';
import { compactGraph } from './compact.ts';
import { rrdbGraph } from './rrdb.ts';
import { upconv7Graph, upconv7Layers } from './upconv7.ts';

/** Kinds of weights files, each with the network that they are for. */
export const weightFormats = ['pytorch-compact', 'pytorch-rrdb', 'ncnn-upconv7'] as const;
export type WeightFormat = (typeof weightFormats)[number];

interface Conversion {
  read: (bytes: Uint8Array) => Map<string, Tensor>;
  draw: (weights: Tensors) => OnnxGraph;
}

const conversions: Readonly<Record<WeightFormat, Conversion>> = {
  'pytorch-compact': { read: readCheckpoint, draw: compactGraph },
  'pytorch-rrdb': { read: readCheckpoint, draw: rrdbGraph },
  'ncnn-upconv7': { read: (bytes) => readNcnn(bytes, upconv7Layers), draw: upconv7Graph },
};

/**
 * Turns weights as their authors published them into an ONNX file: operator set 13, fp32, input [1, 3, height, width] RGB
 * 0..1 and the larger picture likewise. `notes` go into the file's metadata. The same weights and notes always give the
 * same bytes. Throws a plain Error when the weights are not those of the network.
 */
export function toOnnx(bytes: Uint8Array, format: WeightFormat, notes: Readonly<Record<string, string>>): Uint8Array {
  const { read, draw } = conversions[format];
  return encodeModel({
    ir_version: 7,
    producer_name: 'uprez',
    opset_import: [{ domain: '', version: 13 }],
    graph: draw(new Tensors(read(bytes))),
    metadata_props: Object.entries(notes).map(([key, value]) => ({ key, value })),
  });
}
