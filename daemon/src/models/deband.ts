import type { GraphBuilder } from './graph-builder.ts';
import { crop, filter, type Picture, type YuvPicture } from './picture.ts';
import { unchanged } from './rgb-filters.ts';

/** How to take away the steps that 8 bits and compression leave in gradients. */
export interface Debanding {
  /** One code of the source, in the units of the picture. */
  code: number;
  /** How large steps may be that are taken away; 1 is what H.264 leaves at usual rates. */
  strength: number;
}

/** Luma samples around one that its result depends on: all steps of a walk, and the cells at its end. */
export const DEBAND_REACH = 96;

/** Side of a cell in samples. Tiles begin at multiples of eight luma samples, so that cells lie on the frame's grid. */
const CELL = 4;

/**
 * The walk: cells are compared with those so many cells away, and give way to them by as much as this, in codes. The
 * farther away, the less, because gradients are bent.
 */
const walks = {
  luma: [
    { far: 1, most: 1 },
    { far: 2, most: 1 },
    { far: 4, most: 0.5 },
    { far: 8, most: 0.2 },
  ],
  chroma: [
    { far: 1, most: 1 },
    { far: 2, most: 0.75 },
    { far: 4, most: 0.375 },
  ],
} as const;

/** Across, down, and both diagonals, each looked at to both sides. */
const directions = [
  { x: 1, y: 0 },
  { x: 0, y: 1 },
  { x: 1, y: 1 },
  { x: -1, y: 1 },
] as const;

/** How far a cell goes towards the mean of its neighbours in each direction. */
const GAIN = 0.18;

/** Samples move by this many codes at most … */
const MOST = 1;

/** … where they lie by this much around the smooth surface on average; up to the second less and less, beyond not at all. */
const texture = { least: 1, most: 1.375 };

/** Takes the steps out of both parts of a picture, where that is wanted. */
export function debandedPlanes(graph: GraphBuilder, { luma, chroma }: YuvPicture, how: Debanding | null): YuvPicture {
  if (how === null) return { luma, chroma };
  const step = how.code * how.strength;
  return {
    luma: debanded(graph, luma, { step, walk: walks.luma }),
    chroma: debanded(graph, chroma, { step, walk: walks.chroma }),
  };
}

/** How far to look, and what counts as a step. */
interface Search {
  step: number;
  walk: readonly { far: number; most: number }[];
}

/**
 * Takes the steps out of smooth gradients. Means of cells are smoothed at several distances, each time against the mean
 * of two opposite neighbours: that leaves straight gradients exactly as they are, whatever their slope, and what differs by
 * more than steps do, an edge, counts for nothing. Samples then move to the surface that goes through the cells, by a code
 * at most, unless they are farther away than twice that, or the place has texture.
 *
 * Works on each plane on its own; flat areas stay exact. The operators are those of operator set 11.
 */
function debanded(graph: GraphBuilder, picture: Picture, { step, walk }: Search): Picture {
  // Of a single cell nothing can be said.
  if (Math.min(picture.width, picture.height) <= CELL) return picture;
  const cells = walk.reduce(
    (low, { far, most }) => {
      return smoothed(graph, low, { far, most: most * step });
    },
    cellMeans(graph, picture),
  );
  const away = graph.node('Sub', [surface(graph, cells, picture).value, picture.value]);
  const shift = limited(graph, away, MOST * step);
  const roughness = cellMeans(graph, { ...picture, value: graph.node('Abs', [away]) });
  const calm = surface(graph, calmness(graph, roughness, step), picture);
  const moved = graph.node('Mul', [shift, calm.value]);
  return { ...picture, value: graph.node('Add', [picture.value, moved]) };
}

/** 1 for cells without texture, 0 for cells with. */
function calmness(graph: GraphBuilder, roughness: Picture, step: number): Picture {
  const { least, most } = texture;
  const room = graph.node('Sub', [graph.floats([], [most * step]), roughness.value]);
  const share = graph.node('Mul', [room, graph.floats([], [1 / ((most - least) * step)])]);
  return { ...roughness, value: graph.node('Clip', [share, graph.floats([], [0]), graph.floats([], [1])]) };
}

/**
 * Means of cells; the last row and column of cells are completed by repeating the edge. As products of matrices, rows
 * first: on CPUs that takes a fifth of what pooling takes.
 */
function cellMeans(graph: GraphBuilder, picture: Picture): Picture {
  const { planes } = picture;
  const [width, height] = [Math.ceil(picture.width / CELL), Math.ceil(picture.height / CELL)];
  const whole = graph.pad(picture.value, [0, 0, height * CELL - picture.height, width * CELL - picture.width]);
  const share = Array<number>(CELL).fill(1 / CELL);
  const lines = graph.node('Reshape', [whole, graph.int64s([planes * height, CELL, width * CELL])]);
  const rows = graph.node('MatMul', [graph.floats([1, CELL], share), lines]);
  const pieces = graph.node('Reshape', [rows, graph.int64s([planes * height * width, CELL])]);
  const means = graph.node('MatMul', [pieces, graph.floats([CELL, 1], share)]);
  return { planes, width, height, value: graph.node('Reshape', [means, graph.int64s([1, planes, height, width])]) };
}

/** Weights of the cell before, the cell itself and the next for each of its samples: straight lines between the middles. */
const lines = Array.from({ length: CELL }, (_, i) => {
  const past = (i + 0.5) / CELL - 0.5;
  return [Math.max(0, -past), 1 - Math.abs(past), Math.max(0, past)];
});

/** The surface through the cells, at the size of the picture that they came from. Rows are made last, as above. */
function surface(graph: GraphBuilder, cells: Picture, { width, height }: Picture): Picture {
  const around = extended(graph, cells, 1);
  const wide = filter(graph, around, { rows: unchanged, columns: { cell: 1, before: 1, taps: lines } });
  const shape = graph.int64s([cells.planes * cells.height, 1, cells.width * CELL]);
  const triples = [0, 1, 2].map((row) => {
    const [from, to] = [graph.int64s([row, CELL]), graph.int64s([row + cells.height, (1 + cells.width) * CELL])];
    return graph.node('Reshape', [graph.node('Slice', [wide.value, from, to, graph.int64s([2, 3])]), shape]);
  });
  const stacked = graph.node('Concat', triples, { attributes: { axis: 1 } });
  const high = graph.node('MatMul', [graph.floats([CELL, 3], lines.flat()), stacked]);
  const whole = { ...cells, width: cells.width * CELL, height: cells.height * CELL };
  const value = graph.node('Reshape', [high, graph.int64s([1, whole.planes, whole.height, whole.width])]);
  return crop(graph, { ...whole, value }, { width, height });
}

/** Goes on beyond the edges as straight as it came: what is twice the edge's cell and away from it by one of these. */
function extended(graph: GraphBuilder, cells: Picture, by: number): Picture {
  const pads = graph.int64s([0, 0, by, by, 0, 0, by, by]);
  const [edge, mirrored] = ['edge', 'reflect'].map((mode) => {
    return graph.node('Pad', [cells.value, pads], { attributes: { mode } });
  }) as [string, string];
  const twice = graph.node('Mul', [edge, graph.floats([], [2])]);
  const value = graph.node('Sub', [twice, mirrored]);
  return { ...cells, width: cells.width + 2 * by, height: cells.height + 2 * by, value };
}

function smoothed(graph: GraphBuilder, cells: Picture, { far, most }: { far: number; most: number }): Picture {
  // So small a picture has no mirror image of that size.
  if (far >= Math.min(cells.width, cells.height)) return cells;
  const padded = extended(graph, cells, far);
  const neighbours = (x: number, y: number): string => {
    const at = [far + y * far, far + x * far];
    const to = [far + y * far + cells.height, far + x * far + cells.width];
    return graph.node('Slice', [padded.value, graph.int64s(at), graph.int64s(to), graph.int64s([2, 3])]);
  };
  const shifts = directions.map(({ x, y }) => {
    const both = graph.node('Add', [neighbours(x, y), neighbours(-x, -y)]);
    const mean = graph.node('Mul', [both, graph.floats([], [0.5])]);
    return limited(graph, graph.node('Sub', [mean, cells.value]), most);
  });
  const shift = graph.node('Mul', [graph.node('Sum', shifts), graph.floats([], [GAIN])]);
  return { ...cells, value: graph.node('Add', [cells.value, shift]) };
}

/** As it is up to `most`, then less and less, and nothing from twice as much on. */
function limited(graph: GraphBuilder, value: string, most: number): string {
  const clip = (of: string): string => graph.node('Clip', [of, graph.floats([], [-most]), graph.floats([], [most])]);
  const near = clip(value);
  return graph.node('Sub', [near, clip(graph.node('Sub', [value, near]))]);
}
