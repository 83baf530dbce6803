import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compactGraph } from '../../src/models/networks/compact.ts';
import { encodeModel } from '../../src/models/onnx.ts';
import { readCheckpoint } from '../../src/models/weights/checkpoint.ts';
import { Tensors } from '../../src/models/weights/tensors.ts';

/** A PyTorch checkpoint of a small network, with random weights. */
export const checkpoint = readFileSync(fileURLToPath(new URL('../models/checkpoints/compact-2x.pth', import.meta.url)));

/** A network that enlarges: that of the checkpoint, with so little weight that it is nearly nearest-neighbour. */
export function gentleNetwork(licence: string): Uint8Array {
  const weights = [...readCheckpoint(checkpoint)].map(([name, { dims, values }]) => {
    return [name, { dims, values: values.map((value) => value * 0.01) }] as const;
  });
  return encodeModel({
    ir_version: 7,
    opset_import: [{ domain: '', version: 13 }],
    graph: compactGraph(new Tensors(new Map(weights))),
    metadata_props: [{ key: 'licence', value: licence }],
  });
}
