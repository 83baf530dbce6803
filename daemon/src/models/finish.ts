import type { YuvMatrix } from '@uprez/shared';
import type { Grade, Line } from '../looks/grade.ts';
import type { Debanding } from './deband.ts';
import { DITHER_SIDE, ditherPattern } from './dither.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { curveTable, lookedUp } from './lookup.ts';
import { crop, filter, type Picture, type YuvPicture } from './picture.ts';
import { chromaToFull } from './rgb-filters.ts';
import { codesToRgb, rgbToChroma, rgbToLuma } from './rgb-levels.ts';

/** What happens to a picture on its way to codes. */
export interface Finish {
  grade: Grade;
  /** Keep what lies between two codes as a mixture of them. */
  dither: boolean;
}

/** What a graph does to a picture besides enlarging it: at its beginning and at its end. */
export interface Treating {
  deband?: Debanding | null;
  finish?: Finish;
}

/** Rounded to the nearest code, as it is. */
export const plainFinish: Finish = { grade: { kind: 'none' }, dither: false };

/** Grades the picture and writes it: outputs `Y`, `U`, `V`, rounded once. */
export function writeFinished(
  graph: GraphBuilder,
  picture: YuvPicture,
  { grade, dither, matrix }: Finish & { matrix: YuvMatrix },
): void {
  const { luma, chroma } = graded(graph, picture, { grade, matrix });
  writePlane(graph, dither ? dithered(graph, luma) : luma, 'Y');
  const codes = dither ? dithered(graph, chroma) : chroma;
  ['U', 'V'].forEach((output, i) => {
    const value = graph.node('Slice', [codes.value, graph.int64s([i]), graph.int64s([i + 1]), graph.int64s([1])]);
    writePlane(graph, { ...codes, planes: 1, value }, output);
  });
}

function graded(graph: GraphBuilder, picture: YuvPicture, { grade, matrix }: Grading): YuvPicture {
  const { luma, chroma } = picture;
  switch (grade.kind) {
    case 'none':
      return picture;
    case 'levels':
      return {
        luma: { ...luma, value: onLine(graph, luma.value, grade.luma) },
        chroma: { ...chroma, value: onLine(graph, chroma.value, grade.chroma) },
      };
    case 'curve': {
      const table = curveTable(grade.curve);
      return inRgb(graph, picture, { matrix, change: (rgb) => lookedUp(graph, rgb, table) });
    }
    case 'cube': {
      const { cube, strength } = grade;
      const change = (rgb: Picture): string => mixed(graph, rgb.value, { other: lookedUp(graph, rgb, cube), strength });
      return inRgb(graph, picture, { matrix, change });
    }
  }
}

interface Grading {
  grade: Grade;
  matrix: YuvMatrix;
}

/**
 * Changes the picture as R'G'B'. Chroma is interpolated to one sample for each of luma, and of the result every second
 * is taken, without a filter: those are the places where the source had one, so that the inverse finds its values again.
 */
function inRgb(
  graph: GraphBuilder,
  { luma, chroma }: YuvPicture,
  { matrix, change }: { matrix: YuvMatrix; change: (rgb: Picture) => string },
): YuvPicture {
  const full = crop(graph, filter(graph, chroma, chromaToFull['422']), luma);
  const yuv = graph.node('Concat', [luma.value, full.value], { attributes: { axis: 1 } });
  const levels = { matrix, depth: 10, range: 'limited', grey: false } as const;
  const rgb = change({ ...luma, planes: 3, value: graph.conv(yuv, codesToRgb(levels), [1, 1]) });
  return {
    luma: { ...luma, value: graph.conv(rgb, rgbToLuma(matrix), [1, 1]) },
    chroma: { ...chroma, value: graph.conv(rgb, rgbToChroma(levels, [1]), [1, 2]) },
  };
}

function mixed(graph: GraphBuilder, value: string, { other, strength }: { other: string; strength: number }): string {
  if (strength === 1) return other;
  const part = graph.node('Mul', [graph.node('Sub', [other, value]), graph.floats([], [strength])]);
  return graph.node('Add', [value, part]);
}

export function onLine(graph: GraphBuilder, value: string, { gain, offset }: Line): string {
  if (gain === 1 && offset === 0) return value;
  const scaled = graph.node('Mul', [value, graph.floats([], [gain])]);
  return graph.node('Add', [scaled, graph.floats([], [offset])]);
}

/** Adds the dither pattern, which lies on the frame's own grid: tiles begin on it. */
function dithered(graph: GraphBuilder, picture: Picture): Picture {
  const side = DITHER_SIDE;
  const { width, height } = picture;
  const tile = graph.floats([1, 1, side, side], ditherPattern());
  const times = [height, width].map((length) => Math.ceil(length / side));
  const value = graph.node('Tile', [tile, graph.int64s([1, 1, ...times])]);
  const whole = { value, planes: 1, width: (times[1] ?? 1) * side, height: (times[0] ?? 1) * side };
  const noise = crop(graph, whole, { width, height });
  return { ...picture, value: graph.node('Add', [picture.value, noise.value]) };
}

function writePlane(graph: GraphBuilder, { value, width, height }: Picture, output: string): void {
  graph.output(output, 'uint16', [1, 1, height, width]);
  graph.cast(graph.node('Round', [legal(graph, value)]), 'uint16', output);
}

/** Codes 0–3 and 1020–1023 are timing references on SDI (ITU-R BT.2100, table 9) and never written. */
export function legal(graph: GraphBuilder, values: string): string {
  return graph.node('Clip', [values, graph.floats([], [4]), graph.floats([], [1019])]);
}
