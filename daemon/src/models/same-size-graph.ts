import { type Finish, plainFinish, writeFinished } from './finish.ts';
import { GraphBuilder } from './graph-builder.ts';
import { crop, filter, type Picture } from './picture.ts';
import { planesModel } from './planes-graph.ts';
import { chromaInput, chromaSize, lumaInput, type PlanesFormat } from './planes-format.ts';
import { chromaToHalf } from './rgb-filters.ts';

/**
 * Builds the graph that keeps a frame's size: inputs and outputs as those of planes-graph.ts. Luma passes as it is, and so
 * does chroma that is 4:2:2 already; rows of 4:2:0 are interpolated, columns of 4:4:4 are filtered to every second one.
 */
export function sameSizeGraph(format: PlanesFormat, finish: Finish = plainFinish): Uint8Array {
  const graph = new GraphBuilder();
  const { width, height } = format;
  const luma: Picture = { width, height, planes: 1, value: lumaInput(graph, 'y', format) };
  writeFinished(graph, { luma, chroma: chromaOf(graph, format) }, finish);
  return planesModel(graph);
}

function chromaOf(graph: GraphBuilder, format: PlanesFormat): Picture {
  const size = chromaSize(format);
  // Odd widths are completed to pairs of columns by repeating the last.
  const extra = format.chroma === '444' ? size.width % 2 : 0;
  const value = graph.pad(chromaInput(graph, format), [0, 0, 0, extra]);
  const stored = { ...size, width: size.width + extra, planes: 2, value };
  const sampled = filter(graph, stored, chromaToHalf[format.chroma]);
  return crop(graph, sampled, { width: sampled.width, height: format.height });
}
