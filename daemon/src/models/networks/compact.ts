import type { OnnxGraph } from '../onnx.ts';
import type { Tensors } from '../weights/tensors.ts';
import { Drawing, pixelOrder, reorderOutputs } from './drawing.ts';

/**
 * SRVGGNetCompact (Real-ESRGAN, `realesrgan/archs/srvgg_arch.py`): 3x3 convolutions of any number and width with PReLU
 * between them, at the size of the source; the last one has as many outputs as a source pixel becomes samples, and each
 * of these gets the source's sample added. Scale and depth follow from the weights `body.0`, `body.1`, ….
 */
export function compactGraph(weights: Tensors): OnnxGraph {
  const drawing = new Drawing(weights);
  const { graph, picture } = drawing;
  let features = picture;
  let layer = 0;
  for (; drawing.has(`body.${layer + 1}.weight`); layer += 2) {
    const convolution = drawing.takeConvolution(`body.${layer}`);
    const { dims, values } = drawing.take(`body.${layer + 1}.weight`, [convolution.bias.dims[0] ?? 0]);
    // One slope for each channel, whatever the size of the picture.
    const slopes = graph.floats([...dims, 1, 1], values);
    features = graph.node('PRelu', [drawing.convolve(features, convolution), slopes]);
  }
  const last = drawing.takeConvolution(`body.${layer}`);
  const scale = Math.sqrt((last.bias.dims[0] ?? 0) / 3);
  if (!Number.isInteger(scale) || scale === 0) throw new Error(`${last.bias.dims[0]} outputs make no RGB picture`);
  const samples = drawing.convolve(features, reorderOutputs(last, pixelOrder(scale, 3)));
  const nearest = graph.node('Concat', Array<string>(scale * scale).fill(picture), { attributes: { axis: 1 } });
  return drawing.finish(drawing.toPixels(graph.node('Add', [samples, nearest]), scale)).build();
}
