import { readFile } from 'node:fs/promises';
import type { Precision, Scale, Size } from '@uprez/shared';
import { coreTraits } from './core-traits.ts';
import type { EngineModel } from './engine-model.ts';
import { halfCore } from './half.ts';
import { decodeModel, type OnnxModel } from './onnx.ts';
import { planesGraph, type PlanesFormat } from './planes-graph.ts';
import { LOCK_REACH, rgbGraph } from './rgb-graph.ts';
import { type GraphScale, rgbChain, type RgbTraits } from './rgb-traits.ts';

/** Where the engine gets its graphs from. Adding a kind of model: a function that returns these. */
export interface FrameGraphs {
  /** Factors by which a frame grows, one graph after the other. */
  passes: readonly GraphScale[];
  /** Luma samples around a place that its result may depend on. */
  overlap: number;
  /** A tile must start at a multiple of this, and differ from the frame in size by one: 2 for the chroma grid alone. */
  grid: number;
  /** The largest frame that a graph takes, null where any size will do. */
  largest: Size | null;
  /** Memory that a run takes for each luma sample of its input, in bytes. */
  bytesPerSample: number;
  /** The graph that makes frames of this format larger. */
  compose(format: PlanesFormat, factor: GraphScale): Uint8Array;
}

/** Feature maps that are alive at a time: what a convolution reads, writes and adds. */
const LIVE_MAPS = 3;
/** Everything around a core for each luma sample of the input, in bytes: padded planes, interpolation, sums. */
const AROUND_CORE = 64;
/** The interpolation of a core's graph looks three samples far; with 4:4:4 chroma it is four. */
const AROUND_REACH = 4;

/** What the wrapping of an RGB network adds to its reach, besides the colour lock: resampling there and back, chroma. */
const AROUND_RGB = 12;

/** The graphs of a model. Throws where its weights can't be read. */
export async function openGraphs(
  model: EngineModel,
  { precision, scale }: { precision: Precision; scale: Scale },
): Promise<FrameGraphs> {
  if (model.kind === 'rgb') return rgbGraphs(decodeModel(await readFile(model.file)), model.traits, scale);
  if (model.kind === 'interpolation') return coreGraphs(undefined, { scale });
  return coreGraphs(await readCore(model.files, precision), { scale, mirrored: model.mirrored ?? false });
}

function coreGraphs(
  core: OnnxModel | undefined,
  { scale, mirrored }: { scale: Scale; mirrored?: boolean },
): FrameGraphs {
  const { reach, widestBytes } = core ? coreTraits(core.graph) : { reach: 0, widestBytes: 0 };
  return {
    passes: scale === 2 ? [2] : [2, 2],
    overlap: reach + AROUND_REACH,
    grid: 2,
    largest: null,
    bytesPerSample: LIVE_MAPS * widestBytes + AROUND_CORE,
    compose: (format) => planesGraph(format, core, mirrored),
  };
}

function rgbGraphs(model: OnnxModel, traits: RgbTraits, scale: Scale): FrameGraphs {
  const passes = rgbChain(traits.scale, scale);
  // Pictures of three floats, at the network's scale and at the result's.
  const around = 12 * LIVE_MAPS * (traits.scale ** 2 + Math.max(...passes) ** 2);
  return {
    passes,
    overlap: traits.overlap === null ? Number.POSITIVE_INFINITY : traits.overlap + LOCK_REACH + AROUND_RGB,
    grid: traits.multiple % 2 === 0 ? traits.multiple : traits.multiple * 2,
    largest: traits.fixed,
    bytesPerSample: traits.bytesPerSample + around,
    compose: (format, factor) => rgbGraph({ format, model, traits, scale: factor }),
  };
}

async function readCore(files: { fp32: string; int8?: string }, precision: Precision): Promise<OnnxModel> {
  const core = decodeModel(await readFile((precision === 'int8' ? files.int8 : undefined) ?? files.fp32));
  return precision === 'fp16' ? halfCore(core) : core;
}
