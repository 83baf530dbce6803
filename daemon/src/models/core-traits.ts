import type { OnnxGraph, OnnxNode } from './onnx.ts';

/** What a network needs around a place in the picture, and while it works. */
export interface CoreTraits {
  /** Luma samples in each direction that a result may depend on; Infinity where it may be the whole picture. */
  reach: number;
  /** Largest feature map, in bytes for each luma sample of the input. */
  widestBytes: number;
}

/** Where a value lies on the picture: luma samples from one element to the next, and how far it has looked. */
interface Place {
  step: number;
  reach: number;
}

/** Operators that look at one position only. */
const pointwise = new Set([
  ...[
    'Add',
    'Sub',
    'Mul',
    'Div',
    'Neg',
    'Abs',
    'Min',
    'Max',
    'Clip',
    'Cast',
    'Identity',
    'Constant',
    'Concat',
    'Split',
  ],
  ...['Relu', 'LeakyRelu', 'PRelu', 'Elu', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Tanh', 'Erf', 'Gelu', 'Softplus'],
  ...['QuantizeLinear', 'DequantizeLinear', 'QLinearAdd', 'QLinearMul', 'QLinearConcat', 'QLinearLeakyRelu'],
]);
const windowed = new Set(['Conv', 'QLinearConv', 'MaxPool', 'AveragePool']);

/** Follows the core's values from its inputs, luma samples `y` and chroma samples `c` of half the size. */
export function coreTraits(core: OnnxGraph): CoreTraits {
  const weights = new Map(core.initializer.map(({ name = '', dims }) => [name, dims]));
  const places = new Map<string, Place>([
    ['y', { step: 1, reach: 0 }],
    ['c', { step: 2, reach: 0 }],
  ]);
  let widestBytes = 0;
  for (const node of core.node) {
    const sources = node.input.flatMap((name) => places.get(name) ?? []);
    // Arithmetic on weights alone has no place in the picture.
    if (sources.length === 0) continue;
    const place = placeAfter(node, sources, weights);
    for (const output of node.output) places.set(output, place);
    const kernel = kernelOf(node, weights);
    const elementBytes = node.op_type === 'QLinearConv' ? 1 : 4;
    if (kernel) widestBytes = Math.max(widestBytes, ((kernel[0] ?? 0) * elementBytes) / place.step ** 2);
  }
  const ends = core.output.map(({ name }) => places.get(name)?.reach ?? Number.POSITIVE_INFINITY);
  return { reach: Math.ceil(Math.max(0, ...ends)), widestBytes };
}

function placeAfter(node: OnnxNode, sources: readonly Place[], weights: ReadonlyMap<string, number[]>): Place {
  const step = Math.max(...sources.map((source) => source.step));
  const reach = Math.max(...sources.map((source) => source.reach));
  if (pointwise.has(node.op_type)) return { step, reach };
  if (node.op_type === 'SpaceToDepth') return { step: step * blockOf(node), reach: reach + step * blockOf(node) };
  if (node.op_type === 'DepthToSpace') return { step: step / blockOf(node), reach };
  if (!windowed.has(node.op_type)) return { step, reach: Number.POSITIVE_INFINITY };
  const kernel = ints(node, 'kernel_shape') ?? kernelOf(node, weights)?.slice(2) ?? [];
  const dilations = ints(node, 'dilations') ?? [1, 1];
  const sides = kernel.map((size, axis) => (Math.max(0, size - 1) * (dilations[axis] ?? 1)) / 2);
  const stride = Math.max(1, ...(ints(node, 'strides') ?? []));
  return { step: step * stride, reach: reach + step * Math.max(0, ...sides) };
}

/** Shape of a convolution's weights: [outputs, inputs, height, width]. */
function kernelOf(node: OnnxNode, weights: ReadonlyMap<string, number[]>): number[] | undefined {
  if (node.op_type === 'Conv') return weights.get(node.input[1] ?? '');
  return node.op_type === 'QLinearConv' ? weights.get(node.input[3] ?? '') : undefined;
}

function blockOf(node: OnnxNode): number {
  return node.attribute?.find(({ name }) => name === 'blocksize')?.i ?? 1;
}

function ints(node: OnnxNode, name: string): number[] | undefined {
  const found = node.attribute?.find((attribute) => attribute.name === name)?.ints;
  return found && found.length > 0 ? found : undefined;
}
