import { debandedPlanes } from './deband.ts';
import { plainFinish, type Treating, writeFinished } from './finish.ts';
import { GraphBuilder } from './graph-builder.ts';
import { crop, filter, type Picture } from './picture.ts';
import { planesModel } from './planes-graph.ts';
import { type PlanesFormat, planesInput } from './planes-format.ts';
import { chromaToHalf } from './rgb-filters.ts';

/**
 * Builds the graph that keeps a frame's size: inputs and outputs as those of planes-graph.ts. Luma passes as it is, and so
 * does chroma that is 4:2:2 already; rows of 4:2:0 are interpolated, columns of 4:4:4 are filtered to every second one.
 */
export function sameSizeGraph(
  format: PlanesFormat,
  { finish = plainFinish, deband = null }: Treating = {},
): Uint8Array {
  const graph = new GraphBuilder();
  const smooth = debandedPlanes(graph, planesInput(graph, format), deband);
  writeFinished(
    graph,
    { ...smooth, chroma: toHalf(graph, smooth.chroma, format) },
    { ...finish, matrix: format.matrix },
  );
  return planesModel(graph);
}

function toHalf(graph: GraphBuilder, chroma: Picture, format: PlanesFormat): Picture {
  // Odd widths are completed to pairs of columns by repeating the last.
  const extra = format.chroma === '444' ? chroma.width % 2 : 0;
  const paired = { ...chroma, width: chroma.width + extra, value: graph.pad(chroma.value, [0, 0, 0, extra]) };
  const sampled = filter(graph, paired, chromaToHalf[format.chroma]);
  return crop(graph, sampled, { width: sampled.width, height: format.height });
}
