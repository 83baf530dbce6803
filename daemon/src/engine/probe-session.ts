import type { Size } from '@uprez/shared';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { RgbGraphFacts } from '../models/rgb-inspection.ts';
import type { RgbPicture } from './probe-pictures.ts';

/** Errors that a network causes are told by the runtime when it is asked; what it writes to stderr is for nobody. */
const SILENT = 4;

/** An RGB network that is being tried: pictures in, pictures out. */
export class ProbeSession {
  private readonly session: InferenceSession;
  private readonly facts: RgbGraphFacts;

  private constructor(session: InferenceSession, facts: RgbGraphFacts) {
    this.session = session;
    this.facts = facts;
  }

  /** Throws where the runtime does not take the network. */
  static async open(bytes: Uint8Array, facts: RgbGraphFacts, threads: number): Promise<ProbeSession> {
    const session = await InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: SILENT,
    });
    return new ProbeSession(session, facts);
  }

  /** Throws where the network fails, or returns anything but a picture of three planes. */
  async run({ width, height, values }: RgbPicture, white: number): Promise<RgbPicture> {
    const { names, element } = this.facts;
    const scaled = white === 1 ? values : values.map((value) => value * white);
    const dims = [1, 3, height, width];
    const input =
      element.input === 'float'
        ? new Tensor('float32', scaled, dims)
        : new Tensor('float16', Uint16Array.from(scaled, toHalf), dims);
    const output = (await this.session.run({ [names.input]: input }))[names.output];
    const size = sizeOf(output?.dims ?? []);
    if (!output || !size) throw new Error(`it returns ${output?.dims.join('x') ?? 'nothing'}`);
    const numbers = output.data as Float32Array | Uint16Array;
    return { ...size, values: numbers instanceof Float32Array ? numbers : Float32Array.from(numbers, fromHalf) };
  }

  close(): Promise<void> {
    return this.session.release();
  }
}

function sizeOf(dims: readonly number[]): Size | undefined {
  const [batch, planes, height = 0, width = 0] = dims;
  return dims.length === 4 && batch === 1 && planes === 3 ? { width, height } : undefined;
}

/** Bits of the nearest number in half precision (IEEE 754 binary16), for values from 0 to 65504. */
function toHalf(value: number): number {
  // Below 2^-14 steps have one size.
  if (value < 2 ** -14) return Math.round(value * 2 ** 24);
  const exponent = Math.floor(Math.log2(value));
  return ((exponent + 15) << 10) + Math.round((value / 2 ** exponent - 1) * 1024);
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
