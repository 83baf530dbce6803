import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from './onnx.ts';
import { growthOf } from './rgb-memory.ts';

/** How far a value sees, and how far its samples lie apart; both in samples of the input picture. */
interface Sight {
  reach: number;
  step: number;
}

/** What an operator makes of the sight of what it reads; null where it can't be told. */
type Look = (sight: Sight, node: OnnxNode, weights: readonly (OnnxTensor | undefined)[]) => Sight | null;

const sliding: Look = ({ reach, step }, node, [, kernel]) => {
  const sides = ints(node, 'kernel_shape') ?? kernel?.dims.slice(2) ?? [];
  const spread = ints(node, 'dilations') ?? sides.map(() => 1);
  // Padding may shift a kernel by its whole length where it is not the same on both sides.
  const pads = ints(node, 'pads') ?? [];
  const longest = Math.max(0, ...sides.map((side, i) => farSide((side - 1) * (spread[i] ?? 1), pads[i] ?? 0)));
  return { reach: reach + longest * step, step: step * Math.max(1, ...(ints(node, 'strides') ?? [])) };
};

const looks: Record<string, Look> = {
  Conv: sliding,
  MaxPool: sliding,
  AveragePool: sliding,
  Resize: ({ reach, step }, node, weights) => {
    const growth = Math.sqrt(growthOf(node, weights));
    return { reach: reach + 3 * Math.max(step, step / growth), step: step / growth };
  },
  DepthToSpace: ({ reach, step }, node) => ({ reach, step: step / (block(node) ?? 1) }),
  SpaceToDepth: ({ reach, step }, node) => {
    const size = block(node) ?? 1;
    return { reach: reach + (size - 1) * step, step: step * size };
  },
};

/** Operators that look at one sample at a time, or move none. */
const pointwise = new Set(
  `Relu LeakyRelu PRelu Elu Selu Celu Gelu Swish HardSigmoid HardSwish Sigmoid Tanh Softplus Softsign Mish Add Sub Mul Div
  Pow Sqrt Exp Log Abs Neg Sign Floor Ceil Round Reciprocal Erf Min Max Mean Sum Clip Concat Split Cast Identity
  BatchNormalization Dropout Pad`.split(/\s+/),
);

/**
 * How many input samples around a place the network's result may depend on there, by its operators alone. Null where one
 * mixes samples in a way that only running shows.
 */
export function theoreticalReach({ node, initializer }: OnnxGraph, input: string): number | null {
  const constants = new Map(initializer.map((tensor) => [tensor.name ?? '', tensor]));
  const sights = new Map<string, Sight>([[input, { reach: 0, step: 1 }]]);
  let farthest = 0;
  for (const one of node) {
    const read = one.input.flatMap((name) => sights.get(name) ?? []);
    if (read.length === 0) continue;
    const whole = {
      reach: Math.max(...read.map(({ reach }) => reach)),
      step: Math.max(...read.map(({ step }) => step)),
    };
    const look = looks[one.op_type];
    const weights = one.input.map((name) => constants.get(name));
    const seen = look ? look(whole, one, weights) : pointwise.has(one.op_type) && whole;
    if (!seen) return null;
    for (const name of one.output) sights.set(name, seen);
    farthest = Math.max(farthest, seen.reach);
  }
  return Math.ceil(farthest);
}

/** Do its convolutions take what lies beyond the picture to be zero? */
export function padsWithZeros({ node }: OnnxGraph): boolean {
  return node.some((one) => {
    if (one.op_type !== 'Conv') return false;
    const auto = new TextDecoder().decode(named(one.attribute ?? [], 'auto_pad')?.s);
    return auto.startsWith('SAME') || (ints(one, 'pads') ?? []).some((pad) => pad > 0);
  });
}

/** Samples to the farther side of a kernel that is `length` + 1 samples long and starts `pad` samples before. */
function farSide(length: number, pad: number): number {
  // Without padding the picture shrinks, and whoever wrote the network padded it before, evenly.
  return pad === 0 ? Math.ceil(length / 2) : Math.max(pad, length - pad);
}

function ints({ attribute = [] }: OnnxNode, name: string): number[] | undefined {
  const found = named(attribute, name)?.ints;
  return found?.length ? found : undefined;
}

function block({ attribute = [] }: OnnxNode): number | undefined {
  return named(attribute, 'blocksize')?.i;
}

function named(attributes: readonly OnnxAttribute[], name: string): OnnxAttribute | undefined {
  return attributes.find((attribute) => attribute.name === name);
}
