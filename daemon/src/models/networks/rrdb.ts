import type { OnnxGraph } from '../onnx.ts';
import type { Tensors } from '../weights/tensors.ts';
import { type Convolution, Drawing, pixelOrder, reorderInputs } from './drawing.ts';

const SLOPE = 0.2;
/** Share of a block's result that is added to its input. */
const RESIDUAL_SHARE = 0.2;

/**
 * RRDBNet (BasicSR, `basicsr/archs/rrdbnet_arch.py`): residual blocks of densely connected convolutions at the size of
 * the source, then two doublings. It enlarges 4x; with 12 or 48 inputs the source is first taken apart into blocks of 2x2
 * or 4x4 pixels, which makes it 2x or 1x. Widths and depth follow from the weights.
 */
export function rrdbGraph(weights: Tensors): OnnxGraph {
  const drawing = new Drawing(weights);
  const first = drawing.takeConvolution('conv_first');
  const shallow = drawing.convolve(takeApart(drawing, first), forBlocks(first));
  let features = shallow;
  for (let block = 0; drawing.has(`body.${block}.rdb1.conv1.weight`); block++)
    features = residualBlock(drawing, features, `body.${block}`);
  features = drawing.graph.node('Add', [shallow, drawing.convolve(features, drawing.takeConvolution('conv_body'))]);
  for (const name of ['conv_up1', 'conv_up2'])
    features = drawing.leakyRelu(drawing.convolve(double(drawing, features), drawing.takeConvolution(name)), SLOPE);
  features = drawing.leakyRelu(drawing.convolve(features, drawing.takeConvolution('conv_hr')), SLOPE);
  return drawing.finish(drawing.convolve(features, drawing.takeConvolution('conv_last'))).build();
}

/** Side of the blocks that the source is taken apart into; 1 leaves it whole. */
function blockSide({ weight }: Convolution): number {
  const side = Math.sqrt((weight.dims[1] ?? 0) / 3);
  if (side === 1 || side === 2 || side === 4) return side;
  throw new Error(`${weight.dims[1]} inputs are no blocks of RGB pixels`);
}

function takeApart({ graph, picture }: Drawing, first: Convolution): string {
  const side = blockSide(first);
  return side === 1 ? picture : graph.node('SpaceToDepth', [picture], { attributes: { blocksize: side } });
}

function forBlocks(first: Convolution): Convolution {
  return reorderInputs(first, pixelOrder(blockSide(first), 3));
}

/** RRDB: three dense blocks in a row. */
function residualBlock(drawing: Drawing, input: string, name: string): string {
  let features = input;
  for (const part of ['rdb1', 'rdb2', 'rdb3']) features = denseBlock(drawing, features, `${name}.${part}`);
  return addShare(drawing, features, input);
}

/** Each convolution sees the block's input and the results of all before it. */
function denseBlock(drawing: Drawing, input: string, name: string): string {
  const { graph } = drawing;
  const seen = [input];
  for (const number of [1, 2, 3, 4]) {
    const all = seen.length === 1 ? input : graph.node('Concat', seen, { attributes: { axis: 1 } });
    const convolved = drawing.convolve(all, drawing.takeConvolution(`${name}.conv${number}`));
    seen.push(drawing.leakyRelu(convolved, SLOPE));
  }
  const all = graph.node('Concat', seen, { attributes: { axis: 1 } });
  return addShare(drawing, drawing.convolve(all, drawing.takeConvolution(`${name}.conv5`)), input);
}

function addShare({ graph }: Drawing, result: string, input: string): string {
  return graph.node('Add', [graph.node('Mul', [result, graph.floats([], [RESIDUAL_SHARE])]), input]);
}

/** Repeats every pixel, as nearest-neighbour interpolation does. */
function double({ graph }: Drawing, input: string): string {
  return graph.node('Resize', [input, '', graph.floats([4], [1, 1, 2, 2])], {
    attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
  });
}
