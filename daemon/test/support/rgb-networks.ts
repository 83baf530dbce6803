import { GraphBuilder } from '../../src/models/graph-builder.ts';
import type { OnnxModel, OnnxValue } from '../../src/models/onnx.ts';
import type { RgbTraits } from '../../src/models/rgb-traits.ts';

export interface NetworkOptions {
  scale: RgbTraits['scale'];
  /** Side of a square box filter in front, with zeros around the picture; odd. */
  kernel: number;
  /** Value of white that the network works with. */
  white: 1 | 255;
  element: 'float' | 'float16';
  /** Both sides must be a multiple of it. */
  multiple: number;
  fixed: { width: number; height: number } | null;
  /** How much every sample depends on the mean of the whole picture. */
  global: number;
  /** Added to every value of the result, where white is 1. */
  shift: number;
  /** How far samples of odd columns lie above and those of even columns below the picture, as a part of red. */
  stripes: number;
  opset: number;
}

const plain: NetworkOptions = {
  ...{ scale: 2, kernel: 1, white: 1, element: 'float', multiple: 1, fixed: null, global: 0, shift: 0, stripes: 0 },
  opset: 11,
};

/** A small RGB network whose properties are known: it repeats every sample `scale` times, and what is asked besides. */
export function network(change: Partial<NetworkOptions> = {}): OnnxModel {
  const options = { ...plain, ...change };
  const graph = new GraphBuilder();
  const half = options.element === 'float16';
  const input = graph.input('picture', options.element, []);
  let value = half ? graph.cast(input, 'float') : input;
  if (options.multiple > 1) value = throughBlocks(graph, value, options.multiple);
  if (options.kernel > 1) value = blurred(graph, value, options.kernel);
  if (options.global > 0) value = pulledToMean(graph, value, options.global);
  value = repeated(graph, value, options);
  if (half) graph.cast(value, 'float16', 'result');
  else graph.node('Identity', [value], { output: 'result' });
  graph.output('result', options.element, []);
  const built = graph.build();
  const { fixed, scale } = options;
  setSize(built.input[0], fixed && { ...fixed });
  setSize(built.output[0], fixed && { width: fixed.width * scale, height: fixed.height * scale });
  return { ir_version: 8, opset_import: [{ version: options.opset }], graph: built };
}

export function traitsOf(change: Partial<NetworkOptions> = {}): RgbTraits {
  const { scale, white, element, multiple, fixed, kernel, global, opset } = { ...plain, ...change };
  return {
    ...{ scale, multiple, fixed, opset, bytesPerSample: 1 },
    white: { input: white, output: white },
    element: { input: element, output: element },
    overlap: global > 0 ? null : (kernel - 1) / 2,
    names: { input: 'picture', output: 'result' },
  };
}

/** To blocks and back: nothing happens, but only sizes that are whole blocks pass. */
function throughBlocks(graph: GraphBuilder, value: string, blocksize: number): string {
  const blocks = graph.node('SpaceToDepth', [value], { attributes: { blocksize } });
  return graph.node('DepthToSpace', [blocks], { attributes: { blocksize } });
}

function blurred(graph: GraphBuilder, value: string, kernel: number): string {
  const margin = (kernel - 1) / 2;
  const weights = graph.floats([3, 1, kernel, kernel], new Float32Array(3 * kernel ** 2).fill(1 / kernel ** 2));
  const pads = [margin, margin, margin, margin];
  return graph.node('Conv', [value, weights], { attributes: { kernel_shape: [kernel, kernel], pads, group: 3 } });
}

function pulledToMean(graph: GraphBuilder, value: string, by: number): string {
  const mean = graph.node('GlobalAveragePool', [value]);
  const scaled = graph.node('Mul', [value, graph.floats([], [1 - by])]);
  return graph.node('Add', [scaled, graph.node('Mul', [mean, graph.floats([], [by])])]);
}

function repeated(graph: GraphBuilder, value: string, { scale, white, shift, stripes }: NetworkOptions): string {
  const rows: number[] = [];
  for (let channel = 0; channel < 3; channel++)
    for (let phase = 0; phase < scale ** 2; phase++) {
      const row: number[] = [0, 0, 0].map((_, i) => (i === channel ? 1 : 0));
      row[0] = (row[0] ?? 0) + (phase % 2 === 0 ? -stripes : stripes);
      rows.push(...row);
    }
  const outputs = 3 * scale ** 2;
  const values = Float32Array.from(rows);
  const bias = Array<number>(outputs).fill(shift * white);
  const phases = graph.conv(value, { outputs, inputs: 3, height: 1, width: 1, values, bias }, [1, 1]);
  return graph.node('DepthToSpace', [phases], { attributes: { blocksize: scale, mode: 'CRD' } });
}

function setSize(value: OnnxValue | undefined, size: { width: number; height: number } | null): void {
  const tensor = value?.type?.tensor_type;
  if (!tensor) return;
  const sides = size
    ? [{ dim_value: size.height }, { dim_value: size.width }]
    : [{ dim_param: 'height' }, { dim_param: 'width' }];
  tensor.shape = { dim: [{ dim_value: 1 }, { dim_value: 3 }, ...sides] };
}
