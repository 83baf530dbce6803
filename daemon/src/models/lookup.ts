import type { Cube } from '../looks/cube.ts';
import type { Curve } from '../looks/curves.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { Picture } from './picture.ts';

/** Points of a curve's table, and the signals between which it lies: beyond black and white as far as 4:2:2 codes reach. */
const CURVE_POINTS = 4096;
const [LOWEST, HIGHEST] = [-0.25, 1.25];

/** A curve as a table, so dense that straight lines between its points are within a hundredth of a 10-bit code. */
export function curveTable({ encode }: Curve): Cube {
  const points = Array.from({ length: CURVE_POINTS }, (_, i) =>
    encode(LOWEST + ((HIGHEST - LOWEST) * i) / (CURVE_POINTS - 1)),
  );
  return {
    ...{ kind: '1d', size: CURVE_POINTS },
    domain: { min: [LOWEST, LOWEST, LOWEST], max: [HIGHEST, HIGHEST, HIGHEST] },
    values: Float32Array.from(points.flatMap((value) => [value, value, value])),
  };
}

/** Looks signals R', G', B' ([1, 3, height, width]) up in a table. What lies outside of it takes the value at its border. */
export function lookedUp(graph: GraphBuilder, picture: Picture, cube: Cube): string {
  const { min, max } = cube.domain;
  const channels = (of: (axis: 0 | 1 | 2) => number): string => graph.floats([1, 3, 1, 1], [of(0), of(1), of(2)]);
  const [zero, one] = [graph.floats([], [0]), graph.floats([], [1])];
  const shifted = graph.node('Sub', [picture.value, channels((axis) => min[axis])]);
  const scale = channels((axis) => (cube.size - 1) / (max[axis] - min[axis]));
  const place = graph.node('Clip', [graph.node('Mul', [shifted, scale]), zero, graph.floats([], [cube.size - 1])]);
  const cell = graph.node('Floor', [graph.node('Min', [place, graph.floats([], [cube.size - 2])])]);
  const within = graph.node('Clip', [graph.node('Sub', [place, cell]), zero, one]);
  return cube.kind === '1d' ? along(graph, cube, { cell, within }) : between(graph, cube, { cell, within, picture });
}

interface Place {
  /** The point before, counted along each axis, and how far it is from there to the next: 0 to 1. */
  cell: string;
  within: string;
}

/** Straight lines between the points of each channel's own table. */
function along(graph: GraphBuilder, { size, values }: Cube, { cell, within }: Place): string {
  const tables = byChannel(values, size);
  const steps = tables.map((value, i) => ((i + 1) % size === 0 ? 0 : (tables[i + 1] ?? 0) - value));
  const starts = graph.floats([1, 3, 1, 1], [0, size, 2 * size]);
  const index = graph.cast(graph.node('Add', [cell, starts]), 'int32');
  const before = graph.node('Gather', [graph.floats([3 * size], tables), index]);
  const step = graph.node('Gather', [graph.floats([3 * size], steps), index]);
  return graph.node('Add', [before, graph.node('Mul', [within, step])]);
}

/**
 * Tetrahedral interpolation: of the eight corners of a cell, the four on the way from its first to its last that goes
 * along the axes in the order of how far it is on each. Greys stay on the table's diagonal.
 */
function between(
  graph: GraphBuilder,
  { size, values }: Cube,
  { cell, within, picture }: Place & { picture: Picture },
): string {
  const strides = [1, size, size * size] as const;
  const weights = { outputs: 1, inputs: 3, height: 1, width: 1, values: Float32Array.from(strides) };
  const first = graph.conv(cell, weights, [1, 1]);
  const { far, second, third, last } = wayThrough(graph, within, strides);
  const table = graph.floats([3, size ** 3], byChannel(values, size ** 3));
  const shape = graph.int64s([1, 3, picture.height, picture.width]);
  const corner = (index: string, weight: string): string => {
    const colors = graph.node('Gather', [table, graph.cast(index, 'int32')], { attributes: { axis: 1 } });
    return graph.node('Mul', [graph.node('Reshape', [colors, shape]), weight]);
  };
  return graph.node('Sum', [
    corner(first, graph.node('Sub', [graph.floats([], [1]), far.most])),
    corner(graph.node('Add', [first, second]), graph.node('Sub', [far.most, far.middle])),
    corner(graph.node('Add', [first, third]), graph.node('Sub', [far.middle, far.least])),
    corner(graph.node('Add', [first, last]), far.least),
  ]);
}

/** How far the three axes are gone, in order, and where the corners on the way lie, counted from the first. */
function wayThrough(graph: GraphBuilder, within: string, [r, g, b]: readonly [number, number, number]) {
  const [red, green, blue] = [0, 1, 2].map((axis) =>
    graph.node('Slice', [within, graph.int64s([axis]), graph.int64s([axis + 1]), graph.int64s([1])]),
  ) as [string, string, string];
  const [most, least] = [graph.node('Max', [red, green, blue]), graph.node('Min', [red, green, blue])];
  const middle = graph.node('Sub', [graph.node('Sub', [graph.node('Sum', [red, green, blue]), most]), least]);
  const constant = (value: number): string => graph.floats([], [value]);
  const equal = (one: string, other: string, [then, otherwise]: [string, string]): string =>
    graph.node('Where', [graph.node('Equal', [one, other]), then, otherwise]);
  const second = equal(red, most, [constant(r), equal(green, most, [constant(g), constant(b)])]);
  const third = equal(blue, least, [constant(r + g), equal(green, least, [constant(r + b), constant(g + b)])]);
  return { far: { most, middle, least }, second, third, last: constant(r + g + b) };
}

/** All values of red, then all of green, then all of blue. */
function byChannel(values: Float32Array, points: number): Float32Array {
  return Float32Array.from({ length: 3 * points }, (_, i) => values[(i % points) * 3 + Math.floor(i / points)] ?? 0);
}
