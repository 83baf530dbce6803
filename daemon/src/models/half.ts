import { dataType, type OnnxGraph, type OnnxModel, type OnnxNode, type OnnxTensor } from './onnx.ts';
import { floatsAt } from './weights/tensors.ts';

/**
 * The core with its hidden layers in 16-bit floats, for GPUs. What reads the picture and what writes the residuals stays
 * in 32 bits: codes go up to 1023, and half of a code is already lost there in 16 bits.
 */
export function halfCore(core: OnnxModel): OnnxModel {
  const { graph } = core;
  const ends = new Set([...graph.input, ...graph.output].map(({ name }) => name));
  const isOuter = (node: OnnxNode): boolean => [...node.input, ...node.output].some((name) => ends.has(name));
  const weights = new Map(graph.initializer.map((tensor) => [tensor.name ?? '', tensor]));
  const writer = new Writer(weights);
  for (const node of graph.node) writer.add(node, isOuter(node) ? 'float' : 'float16');
  return { ...core, graph: { ...graph, ...writer.written() } };
}

type Floats = 'float' | 'float16';

/** Writes nodes down one after the other, each in the floats it is to compute in, with casts where these change. */
class Writer {
  private readonly weights: ReadonlyMap<string, OnnxTensor>;
  private readonly nodes: OnnxNode[] = [];
  private readonly used = new Map<string, OnnxTensor>();
  /** Names of the values in each kind of floats. */
  private readonly names = { float: new Map<string, string>(), float16: new Map<string, string>() };
  private readonly kinds = new Map<string, Floats>();

  constructor(weights: ReadonlyMap<string, OnnxTensor>) {
    this.weights = weights;
  }

  add(node: OnnxNode, floats: Floats): void {
    const input = node.input.map((name) => (name === '' ? '' : this.inFloats(name, floats)));
    for (const name of node.output) this.kinds.set(name, floats);
    this.nodes.push({ ...node, input });
  }

  written(): Pick<OnnxGraph, 'node' | 'initializer'> {
    return { node: this.nodes, initializer: [...this.used.values()] };
  }

  private inFloats(name: string, floats: Floats): string {
    const weight = this.weights.get(name);
    if (weight) return this.weight(name, weight, floats);
    // The graph's own inputs are 32 bits wide.
    if ((this.kinds.get(name) ?? 'float') === floats) return name;
    const known = this.names[floats].get(name);
    if (known !== undefined) return known;
    const cast = `${name}/${floats}`;
    const attribute = [{ name: 'to', type: 2, i: dataType[floats] }];
    this.nodes.push({ op_type: 'Cast', input: [name], output: [cast], name: cast, attribute });
    this.names[floats].set(name, cast);
    return cast;
  }

  private weight(name: string, tensor: OnnxTensor, floats: Floats): string {
    // Shapes, axes and other whole numbers are the same for both.
    const half = floats === 'float16' && tensor.data_type === dataType.float;
    const known = half ? `${name}/float16` : name;
    if (!this.used.has(known)) this.used.set(known, half ? halfTensor(tensor, known) : tensor);
    return known;
  }
}

function halfTensor(tensor: OnnxTensor, name: string): OnnxTensor {
  const words = Uint16Array.from(floatsOf(tensor), toHalf);
  return { name, dims: tensor.dims, data_type: dataType.float16, raw_data: new Uint8Array(words.buffer) };
}

function floatsOf({ raw_data: raw, float_data: chunks = [] }: OnnxTensor): Float32Array {
  const bytes = raw && raw.byteLength > 0 ? raw : Buffer.concat(chunks);
  return floatsAt(bytes, 0, bytes.byteLength / 4);
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** A number to IEEE 754 binary16, rounded to nearest even; too large becomes infinite. */
export function toHalf(value: number): number {
  float[0] = value;
  const word = bits[0] ?? 0;
  const sign = (word >>> 16) & 0x8000;
  const exponent = ((word >>> 23) & 0xff) - 112;
  const fraction = word & 0x7fffff;
  if (exponent >= 31) return sign | 0x7c00;
  // Below 2^-14 the leading one is written out and everything moves to the right.
  const shift = exponent > 0 ? 13 : 14 - exponent;
  if (shift > 24) return sign;
  const whole = exponent > 0 ? (exponent << 23) | fraction : fraction | 0x800000;
  const half = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  const up = rest > middle || (rest === middle && (half & 1) === 1) ? 1 : 0;
  return sign | (half + up);
}
