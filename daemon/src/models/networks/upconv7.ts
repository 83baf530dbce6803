import type { OnnxGraph } from '../onnx.ts';
import type { NcnnLayer } from '../weights/ncnn.ts';
import type { Tensor, Tensors } from '../weights/tensors.ts';
import { type Convolution, Drawing } from './drawing.ts';

const SLOPE = 0.1;
/** What the convolutions and the deconvolution take off each side, in source pixels. */
const RIM = 7;
const widths = [3, 16, 32, 64, 128, 128, 256] as const;
const DECONVOLUTION = 'deconvolution';

/** The layers of upconv_7 in the order of its ncnn file (`models-upconv_7_photo/*.param`). */
export const upconv7Layers: readonly NcnnLayer[] = [
  ...widths.slice(1).map((outputs, i): NcnnLayer => {
    return { name: `convolution.${i}`, kind: 'convolution', dims: [outputs, widths[i] ?? 0, 3, 3] };
  }),
  { name: DECONVOLUTION, kind: 'convolution', dims: [3, widths[6], 4, 4] },
];

/**
 * upconv_7 (waifu2x): six 3x3 convolutions without padding, then a 4x4 deconvolution with stride 2, so that the picture
 * has to be 7 pixels larger on each side; its edges are repeated. 2x.
 */
export function upconv7Graph(weights: Tensors): OnnxGraph {
  const drawing = new Drawing(weights);
  const { graph, picture } = drawing;
  const rim = graph.int64s([0, 0, RIM, RIM, 0, 0, RIM, RIM]);
  let features = graph.node('Pad', [picture, rim], { attributes: { mode: 'edge' } });
  for (const layer of widths.slice(1).keys()) {
    const convolved = drawing.convolve(features, drawing.takeConvolution(`convolution.${layer}`), 'lost');
    features = drawing.leakyRelu(convolved, SLOPE);
  }
  const deconvolution = {
    weight: drawing.take(`${DECONVOLUTION}.weight`, [3, widths[6], 4, 4]),
    bias: drawing.take(`${DECONVOLUTION}.bias`, [3]),
  };
  const samples = drawing.convolve(features, asConvolution(deconvolution), 'lost');
  return drawing.finish(drawing.toPixels(samples, 2)).build();
}

/**
 * A 4x4 deconvolution with stride 2 and a padding of 3 gives each of the 2x2 results of a pixel 2x2 of its taps: the same
 * as a 3x3 convolution with four times the outputs and zeros in the other places, which every execution provider is
 * fast with. Result (2y + a, 2x + b) sees source (y + r, x + s) through tap (a + 3 - 2r, b + 3 - 2s).
 */
function asConvolution({ weight, bias }: Convolution): Convolution {
  const [colours = 0, inputs = 0] = weight.dims;
  const values = new Float32Array(4 * colours * inputs * 9);
  for (let output = 0; output < 4 * colours; output++) {
    const [a, b] = [output >= 2 * colours ? 1 : 0, Math.floor(output / colours) % 2];
    for (let input = 0; input < inputs; input++)
      for (let place = 0; place < 9; place++) {
        const [row, column] = [a + 3 - 2 * Math.floor(place / 3), b + 3 - 2 * (place % 3)];
        values[(output * inputs + input) * 9 + place] = tap(weight, [output % colours, input, row, column]);
      }
  }
  const biases = Float32Array.from({ length: 4 * colours }, (_, i) => bias.values[i % colours] ?? 0);
  return { weight: { dims: [4 * colours, inputs, 3, 3], values }, bias: { dims: [4 * colours], values: biases } };
}

/** Zero outside of the kernel. */
function tap(
  { dims, values }: Tensor,
  [output, input, row, column]: readonly [number, number, number, number],
): number {
  const [, inputs = 0, height = 0, width = 0] = dims;
  if (row < 0 || row >= height || column < 0 || column >= width) return 0;
  return values[((output * inputs + input) * height + row) * width + column] ?? 0;
}
