import { readFile } from 'node:fs/promises';
import type { Precision, Scale, Size } from '@uprez/shared';
import { coreTraits } from './core-traits.ts';
import type { EngineModel } from './engine-model.ts';
import { halfCore } from './half.ts';
import { decodeModel, type OnnxModel } from './onnx.ts';
import { DEBAND_REACH, type Debanding } from './deband.ts';
import { DITHER_SIDE } from './dither.ts';
import { type Finish, plainFinish, type Treating } from './finish.ts';
import type { PlanesFormat } from './planes-format.ts';
import { planesGraph, type PlanesGraphOptions } from './planes-graph.ts';
import { leastMultiple } from './rgb-filters.ts';
import { LOCK_REACH, rgbGraph } from './rgb-graph.ts';
import { type GraphScale, rgbChain, type RgbTraits } from './rgb-traits.ts';
import { sameSizeGraph } from './same-size-graph.ts';
import { finishOf, type Treatment } from './treatment.ts';

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
  /** The graph of a pass (a place in `passes`) for frames of this format. */
  compose(format: PlanesFormat, pass: number): Uint8Array;
}

/** Feature maps that are alive at a time: what a convolution reads, writes and adds. */
const LIVE_MAPS = 3;
/** Everything around a core for each luma sample of the input, in bytes: padded planes, interpolation, sums. */
const AROUND_CORE = 64;
/** The interpolation of a core's graph looks three samples far; with 4:4:4 chroma it is four. */
const AROUND_REACH = 4;

/** What the wrapping of an RGB network adds to its reach, besides the colour lock: resampling there and back, chroma. */
const AROUND_RGB = 12;

export interface GraphsWanted {
  precision: Precision;
  scale: Scale;
  treatment: Treatment;
}

/** The graphs of a model. Throws where its weights can't be read. */
export async function openGraphs(
  model: EngineModel,
  { precision, scale, treatment }: GraphsWanted,
): Promise<FrameGraphs> {
  const job = { scale, finish: await finishOf(treatment), deband: treatment.deband };
  if (model.kind === 'rgb') return rgbGraphs(decodeModel(await readFile(model.file)), model.traits, job);
  if (model.kind === 'interpolation') return coreGraphs({}, job);
  const core = await readCore(model.files, precision);
  return coreGraphs({ core, mirrored: model.mirrored ?? false }, job);
}

/** What a job's graphs have in common. */
interface JobGraphs {
  scale: Scale;
  /** What is done in the first pass, and in the last. */
  deband: Debanding | null;
  finish: Finish;
}

function coreGraphs(options: Pick<PlanesGraphOptions, 'core' | 'mirrored'>, job: JobGraphs): FrameGraphs {
  const { scale } = job;
  const { reach, widestBytes } = options.core ? coreTraits(options.core.graph) : { reach: 0, widestBytes: 0 };
  const passes: readonly GraphScale[] = scale === 4 ? [2, 2] : [scale];
  return {
    passes,
    overlap: reach + AROUND_REACH + debandReach(job),
    grid: gridFor(2, job),
    largest: null,
    bytesPerSample: LIVE_MAPS * widestBytes + AROUND_CORE,
    compose: (format, pass) => {
      const treating = treatingAt(pass, passes, job);
      return scale === 1 ? sameSizeGraph(format, treating) : planesGraph(format, { ...options, ...treating });
    },
  };
}

function rgbGraphs(model: OnnxModel, traits: RgbTraits, job: JobGraphs): FrameGraphs {
  const { scale } = job;
  const passes = scale === 1 ? ([1] as const) : rgbChain(traits.scale, scale);
  // Pictures of three floats, at the network's scale and at the result's.
  const around = 12 * LIVE_MAPS * (traits.scale ** 2 + Math.max(...passes) ** 2);
  return {
    passes,
    overlap: (traits.overlap ?? Number.POSITIVE_INFINITY) + LOCK_REACH + AROUND_RGB + debandReach(job),
    grid: gridFor(traits.multiple % 2 === 0 ? traits.multiple : traits.multiple * 2, job),
    largest: traits.fixed,
    bytesPerSample: traits.bytesPerSample + around,
    compose: (format, pass) =>
      rgbGraph({ format, model, traits, scale: passes[pass] ?? 1, ...treatingAt(pass, passes, job) }),
  };
}

function treatingAt(pass: number, passes: readonly GraphScale[], { deband, finish }: JobGraphs): Treating {
  return {
    deband: pass === 0 ? deband : null,
    finish: pass === passes.length - 1 ? finish : plainFinish,
  };
}

function debandReach({ deband }: JobGraphs): number {
  return deband === null ? 0 : DEBAND_REACH;
}

/** Tiles begin where the dither pattern does, in chroma of half the width too, and cells of the deband. */
function gridFor(grid: number, { finish }: JobGraphs): number {
  return finish.dither ? leastMultiple(grid, 2 * DITHER_SIDE) : grid;
}

async function readCore(files: { fp32: string; int8?: string }, precision: Precision): Promise<OnnxModel> {
  const core = decodeModel(await readFile((precision === 'int8' ? files.int8 : undefined) ?? files.fp32));
  return precision === 'fp16' ? halfCore(core) : core;
}
