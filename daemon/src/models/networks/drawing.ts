import { GraphBuilder } from '../graph-builder.ts';
import type { Tensor, Tensors } from '../weights/tensors.ts';

/**
 * A network that turns an RGB picture into a larger one, as it is being drawn: fp32, [1, 3, height, width], values 0..1,
 * any size. Operators are those of ONNX operator set 13.
 */
export class Drawing {
  readonly graph = new GraphBuilder();
  readonly picture = this.graph.input('input', 'float', [1, 3, 'height', 'width']);
  private readonly weights: Tensors;

  constructor(weights: Tensors) {
    this.weights = weights;
  }

  /** Does the checkpoint hold something of this name? */
  has(name: string): boolean {
    return this.weights.has(name);
  }

  take(name: string, dims: readonly (number | null)[]): Tensor {
    return this.weights.take(name, dims);
  }

  /** Weights [outputs, inputs, 3, 3] and bias of a 3x3 convolution. */
  takeConvolution(name: string): Convolution {
    const weight = this.take(`${name}.weight`, [null, null, 3, 3]);
    const [outputs = 0] = weight.dims;
    return { weight, bias: this.take(`${name}.bias`, [outputs]) };
  }

  /** A convolution that keeps the size, zeros around the picture; or one that takes its kernel's rim off. */
  convolve(input: string, { weight, bias }: Convolution, rim: 'zeros' | 'lost' = 'zeros'): string {
    const [, , height = 1, width = 1] = weight.dims;
    const pads = rim === 'zeros' ? [1, 1, 1, 1] : [0, 0, 0, 0];
    const tensors = [this.graph.floats(weight.dims, weight.values), this.graph.floats(bias.dims, bias.values)];
    return this.graph.node('Conv', [input, ...tensors], { attributes: { kernel_shape: [height, width], pads } });
  }

  leakyRelu(input: string, slope: number): string {
    return this.graph.node('LeakyRelu', [input], { attributes: { alpha: { float: slope } } });
  }

  /** Channels to pixels; channel = 3 · (row · scale + column) + colour for a picture. */
  toPixels(input: string, scale: number): string {
    return this.graph.node('DepthToSpace', [input], { attributes: { blocksize: scale, mode: 'DCR' } });
  }

  /** Ends the drawing. Throws when weights are left that nobody took. */
  finish(output: string): GraphBuilder {
    this.weights.expectNone();
    this.graph.node('Identity', [output], { output: 'output' });
    this.graph.output('output', 'float', [1, 3, 'larger_height', 'larger_width']);
    return this.graph;
  }
}

export interface Convolution {
  weight: Tensor;
  bias: Tensor;
}

/** The same convolution with its outputs in another order: the new output `i` is the old one `order[i]`. */
export function reorderOutputs({ weight, bias }: Convolution, order: readonly number[]): Convolution {
  return { weight: reorder(weight, 0, order), bias: reorder(bias, 0, order) };
}

/** The same convolution for inputs in another order: the new input `i` is the old one `order[i]`. */
export function reorderInputs({ weight, bias }: Convolution, order: readonly number[]): Convolution {
  return { weight: reorder(weight, 1, order), bias };
}

/**
 * PyTorch's pixel (un)shuffle counts colour by colour, then the pixels of a block; ONNX (DCR) counts pixel by pixel, then
 * the colours. Entry `i` is PyTorch's channel for ONNX's channel `i`.
 */
export function pixelOrder(scale: number, colours: number): number[] {
  const pixels = scale * scale;
  return Array.from({ length: pixels * colours }, (_, i) => (i % colours) * pixels + Math.floor(i / colours));
}

function reorder({ dims, values }: Tensor, axis: 0 | 1, order: readonly number[]): Tensor {
  const size = dims.slice(axis + 1).reduce((product, n) => product * n, 1);
  const rows = axis === 0 ? 1 : (dims[0] ?? 1);
  const count = dims[axis] ?? 0;
  if (count !== order.length) throw new Error(`${count} channels instead of ${order.length}`);
  const moved = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (const [to, from] of order.entries()) {
      const start = (row * count + from) * size;
      moved.set(values.subarray(start, start + size), (row * count + to) * size);
    }
  return { dims, values: moved };
}
