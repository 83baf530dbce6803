import {
  dataType,
  type ElementType,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
} from './onnx.ts';

/** AttributeProto.AttributeType numbers. */
const attributeType = { float: 1, int: 2, string: 3, ints: 7 } as const;

export type Dimension = number | string;

export type AttributeValue = number | string | readonly number[] | { float: number };

/** Collects nodes of one ONNX graph; every method returns the name of the value it adds. */
export class GraphBuilder {
  private readonly graph: OnnxGraph = { name: 'uprez', node: [], initializer: [], input: [], output: [] };
  private count = 0;

  /** A dimension that is a word instead of a number may be of any size. */
  input(name: string, type: ElementType, dims: readonly Dimension[]): string {
    this.graph.input.push(tensorValue(name, type, dims));
    return name;
  }

  output(name: string, type: ElementType, dims: readonly Dimension[]): void {
    this.graph.output.push(tensorValue(name, type, dims));
  }

  node(
    op: string,
    inputs: readonly string[],
    options: { attributes?: Record<string, AttributeValue>; output?: string } = {},
  ): string {
    const output = options.output ?? this.fresh(op);
    const attribute = Object.entries(options.attributes ?? {}).map(([name, value]) => toAttribute(name, value));
    this.graph.node.push({ op_type: op, input: [...inputs], output: [output], name: output, attribute });
    return output;
  }

  /** Convolution without padding, two dimensions. `weights` are [outputs, inputs, kernel height, kernel width]. */
  conv(input: string, weights: Kernel, strides: readonly [number, number]): string {
    const { outputs, inputs, height, width, values, bias, groups = 1 } = weights;
    const kernel = this.floats([outputs, inputs, height, width], values);
    const offsets = bias ? [this.floats([outputs], bias)] : [];
    return this.node('Conv', [input, kernel, ...offsets], {
      attributes: { kernel_shape: [height, width], strides, pads: [0, 0, 0, 0], ...(groups > 1 && { group: groups }) },
    });
  }

  /** Repeats the edge: [top, left, bottom, right] samples. */
  pad(value: string, [top, left, bottom, right]: readonly [number, number, number, number]): string {
    if (top + left + bottom + right === 0) return value;
    const pads = this.int64s([0, 0, top, left, 0, 0, bottom, right]);
    return this.node('Pad', [value, pads], { attributes: { mode: 'edge' } });
  }

  cast(value: string, type: ElementType, output?: string): string {
    return this.node('Cast', [value], { attributes: { to: dataType[type] }, ...(output !== undefined && { output }) });
  }

  floats(dims: readonly number[], values: readonly number[] | Float32Array): string {
    const data = Float32Array.from(values);
    return this.constant('float', dims, new Uint8Array(data.buffer));
  }

  int64s(values: readonly number[]): string {
    const data = BigInt64Array.from(values.map(BigInt));
    return this.constant('int64', [values.length], new Uint8Array(data.buffer));
  }

  /** A single unsigned value without dimensions, as zero points are given. */
  zeroPoint(type: 'uint8' | 'uint16', value: number): string {
    const data = type === 'uint8' ? Uint8Array.of(value) : new Uint8Array(Uint16Array.of(value).buffer);
    return this.constant(type, [], data);
  }

  /** Copies another graph's nodes and weights in; its inputs are bound to the given values, the rest is renamed. */
  inline(other: OnnxGraph, prefix: string, bind: Record<string, string>): (name: string) => string {
    const rename = (name: string): string => (name === '' ? '' : (bind[name] ?? `${prefix}/${name}`));
    for (const tensor of other.initializer) this.graph.initializer.push({ ...tensor, name: rename(tensor.name ?? '') });
    for (const node of other.node) this.graph.node.push(renamed(node, rename));
    return rename;
  }

  build(): OnnxGraph {
    return this.graph;
  }

  private constant(type: ElementType, dims: readonly number[], raw: Uint8Array): string {
    const name = this.fresh(type);
    const tensor: OnnxTensor = { name, dims: [...dims], data_type: dataType[type], raw_data: raw };
    this.graph.initializer.push(tensor);
    return name;
  }

  private fresh(stem: string): string {
    return `${stem}_${this.count++}`;
  }
}

export interface Kernel {
  outputs: number;
  /** Of each group. */
  inputs: number;
  height: number;
  width: number;
  values: Float32Array;
  /** One for each output. */
  bias?: readonly number[];
  /** Planes that don't see each other; 1 unless said. */
  groups?: number;
}

function tensorValue(name: string, type: ElementType, dims: readonly Dimension[]) {
  const dim = dims.map((n) => (typeof n === 'number' ? { dim_value: n } : { dim_param: n }));
  return { name, type: { tensor_type: { elem_type: dataType[type], shape: { dim } } } };
}

function toAttribute(name: string, value: AttributeValue): OnnxAttribute {
  if (typeof value === 'number') return { name, type: attributeType.int, i: value };
  if (typeof value === 'string') return { name, type: attributeType.string, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: attributeType.float, f: value.float };
  return { name, type: attributeType.ints, ints: [...value] };
}

function renamed(node: OnnxNode, rename: (name: string) => string): OnnxNode {
  return { ...node, name: rename(node.name ?? ''), input: node.input.map(rename), output: node.output.map(rename) };
}
