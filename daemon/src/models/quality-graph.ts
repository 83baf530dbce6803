import type { Scale } from '@uprez/shared';
import type { Line } from '../looks/grade.ts';
import { lumaBase } from './base-filters.ts';
import { GraphBuilder } from './graph-builder.ts';
import { dataType, encodeModel } from './onnx.ts';
import { legal, onLine } from './finish.ts';
import { lumaInput, type PlanesFormat } from './planes-format.ts';

/** One code of an 8-bit source, in 10-bit codes. */
const STILL = 4;

interface Drawing {
  graph: GraphBuilder;
  format: PlanesFormat;
  scale: Scale;
}

/** Where luma goes that is left as it is. */
const unchangedLuma: Line = { gain: 1, offset: 0 };

/**
 * Builds the graph that measures one pair of neighbouring frames: inputs `a`, `b` (luma planes of the source as decoded)
 * and `A`, `B` (luma planes of the result), output `measure` with four numbers in
 * 10-bit limited-range codes:
 *
 * - `squaredError`: mean over both frames of (a - area(A))², where area() is the mean of scale x scale result samples
 * - `still`: share S of the picture's cells (2x2 source samples) that stand still: no sample of the 6x6 that their
 *   interpolation reads changes by more than one 8-bit code. After a cut that holds by chance nowhere.
 * - `change`: sum over still cells of mean |A - B|, divided by the number of all cells
 * - `reference`: the same of the plain interpolations of a and b, rounded to codes as the engine rounds them
 *
 * A last odd row or column belongs to no cell and counts in the first number only. Where the result has a look, its line
 * is drawn through the source's luma before it is compared; what stands still is judged before.
 */
export function qualityGraph(format: PlanesFormat, scale: Scale, look: Line = unchangedLuma): Uint8Array {
  const graph = new GraphBuilder();
  const drawing = { graph, format, scale };
  const [storedA, storedB] = [lumaInput(graph, 'a', format), lumaInput(graph, 'b', format)];
  const [a, b] = [onLine(graph, storedA, look), onLine(graph, storedB, look)];
  const result = resultFormat(drawing);
  const [A, B] = [lumaInput(graph, 'A', result), lumaInput(graph, 'B', result)];
  const squaredError = graph.node('Add', [meanSquare(drawing, a, A), meanSquare(drawing, b, B)]);
  const still = stillCells(graph, storedA, storedB);
  const change = average(graph, distance(graph, A, B), scale * 2);
  const reference = interpolationChange(drawing, a, b);
  const measures = [
    graph.node('Mul', [squaredError, graph.floats([1], [0.5])]),
    mean(graph, still),
    mean(graph, graph.node('Mul', [still, change])),
    mean(graph, graph.node('Mul', [still, reference])),
  ];
  graph.output('measure', 'float', [measures.length]);
  graph.node('Concat', measures, { attributes: { axis: 0 }, output: 'measure' });
  return encodeModel({
    ir_version: 10,
    producer_name: 'uprez',
    // As planes-graph.ts.
    opset_import: [{ domain: '', version: 21 }],
    graph: graph.build(),
  });
}

function resultFormat({ format, scale }: Drawing): PlanesFormat {
  return { ...format, width: format.width * scale, height: format.height * scale, depth: 10, range: 'limited' };
}

function meanSquare({ graph, scale }: Drawing, source: string, result: string): string {
  const error = graph.node('Sub', [source, average(graph, result, scale)]);
  return mean(graph, graph.node('Mul', [error, error]));
}

/** 1 for cells that stand still, 0 for others: [1, 1, height / 2, width / 2]. */
function stillCells(graph: GraphBuilder, a: string, b: string): string {
  const moved = graph.pad(distance(graph, a, b), [2, 2, 2, 2]);
  const most = graph.node('MaxPool', [moved], { attributes: { kernel_shape: [6, 6], strides: [2, 2] } });
  const still = graph.node('LessOrEqual', [most, graph.floats([], [STILL])]);
  return graph.node('Cast', [still], { attributes: { to: dataType.float } });
}

/** Mean |difference| of the plain interpolations, by cell. */
function interpolationChange(drawing: Drawing, a: string, b: string): string {
  const { graph, scale } = drawing;
  // Of the same size it is the source itself.
  if (scale === 1) return average(graph, distance(graph, rounded(graph, a), rounded(graph, b)), 2);
  const [first, second] = [a, b].map((codes) => interpolated(drawing, codes)) as [string, string];
  const byPhase = distance(graph, first, second);
  const axes = graph.int64s([1]);
  const cells = graph.node('ReduceMean', [byPhase, axes], { attributes: { keepdims: 1 } });
  return scale === 2 ? cells : average(graph, cells, 2);
}

/** Plain interpolation of luma codes, a channel for each sample of a cell: what planes-graph.ts does without a core. */
function interpolated({ graph, format, scale }: Drawing, codes: string): string {
  const enlarged = scale === 2 ? codes : doubledPlane(graph, codes, format);
  return rounded(graph, graph.conv(graph.pad(enlarged, [2, 2, 2, 2]), lumaBase(), [2, 2]));
}

/** The whole plane at double size; odd sizes are completed to cells by repeating the last row or column. */
function doubledPlane(graph: GraphBuilder, codes: string, { width, height }: PlanesFormat): string {
  const padded = graph.pad(codes, [2, 2, 2 + (height % 2), 2 + (width % 2)]);
  const cells = rounded(graph, graph.conv(padded, lumaBase(), [2, 2]));
  const plane = graph.node('DepthToSpace', [cells], { attributes: { blocksize: 4 } });
  if (width % 2 === 0 && height % 2 === 0) return plane;
  const ends = [graph.int64s([0, 0]), graph.int64s([height * 2, width * 2]), graph.int64s([2, 3])];
  return graph.node('Slice', [plane, ...ends]);
}

function rounded(graph: GraphBuilder, values: string): string {
  return graph.node('Round', [legal(graph, values)]);
}

function distance(graph: GraphBuilder, one: string, other: string): string {
  return graph.node('Abs', [graph.node('Sub', [one, other])]);
}

/** Means of whole blocks of size x size samples. */
function average(graph: GraphBuilder, plane: string, size: number): string {
  if (size === 1) return plane;
  return graph.node('AveragePool', [plane], { attributes: { kernel_shape: [size, size], strides: [size, size] } });
}

/** Mean of everything, as a list of one number. */
function mean(graph: GraphBuilder, values: string): string {
  return graph.node('Reshape', [
    graph.node('ReduceMean', [values], { attributes: { keepdims: 0 } }),
    graph.int64s([1]),
  ]);
}
