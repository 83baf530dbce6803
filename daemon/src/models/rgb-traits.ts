import { z } from 'zod';

const white = z.union([z.literal(1), z.literal(255)]);
const samples = z.int().min(0);
const side = z.int().positive();

/** What has to be known of an RGB network to run it on any clip: found out once, by looking at it and by trying it. */
export const RgbTraits = z.object({
  /** Output samples per input sample and axis. */
  scale: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  /** Value of white in the input and in the output. */
  white: z.object({ input: white, output: white }),
  element: z.object({ input: z.enum(['float', 'float16']), output: z.enum(['float', 'float16']) }),
  /** Both sides of the input must be a multiple of it. */
  multiple: side,
  /** The only size the network takes, or null. */
  fixed: z.object({ width: side, height: side }).nullable(),
  /**
   * Input samples a tile needs beyond what is kept of it, on each inner side, to come out as in the whole frame. Null
   * where every output sample depends on all of the picture: whole frames only.
   */
  overlap: samples.nullable(),
  names: z.object({ input: z.string(), output: z.string() }),
  /** Of the standard operators. */
  opset: z.int().positive(),
  /** Memory that intermediate values take, per input sample, where tiles are to be sized. */
  bytesPerSample: z.number().positive(),
});
export type RgbTraits = z.infer<typeof RgbTraits>;

/** How much one graph enlarges. */
export type GraphScale = 1 | 2 | 4;

/**
 * The graphs to run one after the other for a network of a native scale, as what each enlarges by. 2x networks are run
 * twice for 4x: that is what they were made for, and more picture than a cubic enlargement of their result. All others
 * run once, and their result is resampled to the wanted size.
 */
export function rgbChain(native: RgbTraits['scale'], scale: 2 | 4): GraphScale[] {
  return native === 2 && scale === 4 ? [2, 2] : [scale];
}
