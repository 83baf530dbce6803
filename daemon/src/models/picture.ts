import type { Size } from '@uprez/shared';
import type { GraphBuilder } from './graph-builder.ts';
import { after, type Axis, planeKernel, resampling, unchanged } from './rgb-filters.ts';

/** A value [1, planes, height, width] under way. */
export interface Picture extends Size {
  value: string;
  planes: number;
}

/** A picture in 10-bit limited-range codes as float; where a graph ends its chroma is left-sited 4:2:2. */
export interface YuvPicture {
  luma: Picture;
  chroma: Picture;
}

export function resample(graph: GraphBuilder, picture: Picture, { from, to }: { from: number; to: number }): Picture {
  const axis = resampling(from, to);
  return from === to ? picture : filter(graph, picture, { rows: axis, columns: axis });
}

/** Filters each plane on its own; the edge is repeated. Sizes that are no whole number of cells lose the rest. */
export function filter(
  graph: GraphBuilder,
  picture: Picture,
  { rows, columns }: { rows: Axis; columns: Axis },
): Picture {
  const { value, planes, width, height } = picture;
  if (rows === unchanged && columns === unchanged) return picture;
  const padded = graph.pad(value, [rows.before, columns.before, after(rows), after(columns)]);
  const cells = {
    planes,
    width: Math.floor(width / columns.cell),
    height: Math.floor(height / rows.cell),
    value: graph.conv(padded, planeKernel(rows, columns, planes), [rows.cell, columns.cell]),
  };
  return weave(graph, cells, { high: rows.taps.length, wide: columns.taps.length });
}

/**
 * Cells to samples, [1, planes*high*wide, rows, columns] → [1, planes, rows*high, columns*wide], in two moves that copy
 * long runs. The size of `cells` is in cells.
 */
export function weave(graph: GraphBuilder, cells: Picture, { high, wide }: { high: number; wide: number }): Picture {
  if (high === 1 && wide === 1) return cells;
  const { planes, height: rows, width: columns } = cells;
  const split = graph.node('Reshape', [cells.value, graph.int64s([planes * high, wide, rows * columns])]);
  const woven = graph.node('Transpose', [split], { attributes: { perm: [0, 2, 1] } });
  const lines = graph.node('Reshape', [woven, graph.int64s([planes, high, rows, columns * wide])]);
  const sorted = graph.node('Transpose', [lines], { attributes: { perm: [0, 2, 1, 3] } });
  const [width, height] = [columns * wide, rows * high];
  return { planes, width, height, value: graph.node('Reshape', [sorted, graph.int64s([1, planes, height, width])]) };
}

/** The part that begins `at` so many samples from above and from the left. */
export function crop(
  graph: GraphBuilder,
  picture: Picture,
  { width, height, at = 0 }: Size & { at?: number },
): Picture {
  if (picture.width === width && picture.height === height) return picture;
  const ends = [graph.int64s([at, at]), graph.int64s([at + height, at + width]), graph.int64s([2, 3])];
  return { ...picture, width, height, value: graph.node('Slice', [picture.value, ...ends]) };
}
