/** Weights of one layer, in fp32. */
export interface Tensor {
  dims: readonly number[];
  values: Float32Array;
}

/** The weights of a network by their names. Whoever builds the network takes each one; what stays behind is an error. */
export class Tensors {
  private readonly tensors: Map<string, Tensor>;

  constructor(tensors: ReadonlyMap<string, Tensor>) {
    this.tensors = new Map(tensors);
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  /** Takes a tensor out. A dimension that is null may be of any size. Throws where it is missing or shaped otherwise. */
  take(name: string, dims: readonly (number | null)[]): Tensor {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new Error(`there are no weights ${name}`);
    const fits = tensor.dims.length === dims.length && dims.every((n, i) => n === null || n === tensor.dims[i]);
    if (!fits)
      throw new Error(`weights ${name} are ${tensor.dims.join('x')}, not ${dims.map((n) => n ?? 'n').join('x')}`);
    this.tensors.delete(name);
    return tensor;
  }

  /** Throws when weights are left: then the network is another one than was built. */
  expectNone(): void {
    const [name] = this.tensors.keys();
    if (name !== undefined) throw new Error(`nobody knows what the weights ${name} are for`);
  }
}

/** IEEE 754 half precision to single precision, which holds every half exactly. */
export function widenHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Little-endian halves, from some byte on. */
export function halvesAt(bytes: Uint8Array, offset: number, count: number): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, count * 2);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = widenHalf(view.getUint16(i * 2, true));
  return values;
}

/** Little-endian single precision, as on every machine that Node runs on; copied, because they may lie unaligned. */
export function floatsAt(bytes: Uint8Array, offset: number, count: number): Float32Array {
  return new Float32Array(new Uint8Array(bytes.subarray(offset, offset + count * 4)).buffer);
}
