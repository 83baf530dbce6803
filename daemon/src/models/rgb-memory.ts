import type { OnnxGraph, OnnxNode, OnnxTensor } from './onnx.ts';

/** Values that are alive at a time: what an operator reads, writes and what is added later. */
const LIVE_VALUES = 3;

/** Growth per axis where it is computed and can't be read. */
const USUAL_GROWTH = 2;

/** How many numbers an operator returns for each one that it reads of its first input. */
type Growth = (node: OnnxNode, weights: readonly (OnnxTensor | undefined)[]) => number;

const growths: Record<string, Growth> = {
  Conv: (node, [, kernel]) => {
    const [outputs = 1, inputs = 1] = kernel?.dims ?? [];
    return outputs / (inputs * group(node)) / strides(node);
  },
  ConvTranspose: (node, [, kernel]) => {
    const [inputs = 1, outputs = 1] = kernel?.dims ?? [];
    return ((outputs * group(node)) / inputs) * strides(node);
  },
  MatMul: (_, [, weights]) => (weights ? (weights.dims.at(-1) ?? 1) / (weights.dims.at(-2) ?? 1) : 1),
  Gemm: (_, [, weights]) => (weights ? (weights.dims.at(-1) ?? 1) / (weights.dims.at(-2) ?? 1) : 1),
  AveragePool: (node) => 1 / strides(node),
  MaxPool: (node) => 1 / strides(node),
  GlobalAveragePool: () => 0,
  GlobalMaxPool: () => 0,
  Split: (node) => 1 / node.output.length,
  Resize: (_, [, , scales]) => scaleProduct(scales),
  Upsample: (_, [, scales]) => scaleProduct(scales),
};

/**
 * Memory that a network takes for each sample of its input picture, in bytes, as far as the graph tells: its largest
 * value, times the number of values that are alive at a time. Everything is computed in 32-bit floats.
 */
export function memoryPerSample({ node, initializer }: OnnxGraph, input: string): number {
  const constants = new Map([...initializer, ...constantsOf(node)].map((tensor) => [tensor.name ?? '', tensor]));
  // Numbers of a value per sample of the input.
  const sizes = new Map([[input, 3]]);
  for (const one of node) {
    const weights = one.input.map((name) => constants.get(name));
    const read = one.input.map((name) => sizes.get(name) ?? 0);
    const first = one.op_type === 'Concat' ? read.reduce((sum, size) => sum + size, 0) : Math.max(0, ...read);
    const size = first * growthOf(one, weights);
    for (const name of one.output) sizes.set(name, size);
  }
  return LIVE_VALUES * 4 * Math.max(...sizes.values());
}

/** Tensors that are written down as nodes. */
function constantsOf(nodes: readonly OnnxNode[]): OnnxTensor[] {
  return nodes.flatMap(({ op_type, output: [name = ''], attribute = [] }) =>
    op_type === 'Constant' ? attribute.flatMap(({ t }) => (t ? { ...t, name } : [])) : [],
  );
}

/** How many numbers an operator returns for each one that it reads. */
export function growthOf(node: OnnxNode, weights: readonly (OnnxTensor | undefined)[]): number {
  return growths[node.op_type]?.(node, weights) ?? 1;
}

function strides({ attribute = [] }: OnnxNode): number {
  return attribute.find(({ name }) => name === 'strides')?.ints?.reduce((product, stride) => product * stride, 1) ?? 1;
}

function group({ attribute = [] }: OnnxNode): number {
  return attribute.find(({ name }) => name === 'group')?.i ?? 1;
}

/** Product of the scales that a Resize has written into it. */
function scaleProduct(scales: OnnxTensor | undefined): number {
  const raw = scales?.raw_data ?? scales?.float_data?.[0];
  if (!raw || raw.length !== 16) return USUAL_GROWTH ** 2;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return [0, 4, 8, 12].reduce((product, at) => product * view.getFloat32(at, true), 1);
}
