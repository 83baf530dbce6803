import type { Size } from '@uprez/shared';
import { type Debanding, debandedPlanes } from './deband.ts';
import { plainFinish, type Treating, writeFinished } from './finish.ts';
import { GraphBuilder } from './graph-builder.ts';
import { encodeModel, type OnnxModel } from './onnx.ts';
import { chromaSize, type PlanesFormat, storage } from './planes-format.ts';
import { crop, filter, type Picture, resample, type YuvPicture } from './picture.ts';
import { chromaToFull, smoothing, unchanged } from './rgb-filters.ts';
import { padsWithZeros } from './rgb-reach.ts';
import { codesToRgb, rgbToChroma, rgbToLuma } from './rgb-levels.ts';
import type { GraphScale, RgbTraits } from './rgb-traits.ts';

export interface RgbGraphOptions extends Treating {
  format: PlanesFormat;
  model: OnnxModel;
  traits: RgbTraits;
  scale: GraphScale;
}

/** Lowest version of a file that needs no inputs for its weights; all that run operator set 11 know it. */
const IR_VERSION = 8;

/**
 * Wraps an RGB network into what the engine runs: inputs `y`, `u`, `v` as the decoder wrote them, outputs `Y`, `U`, `V`
 * (10-bit limited-range 4:2:2) as the encoder reads them, all shapes baked in. The network keeps its operator sets, so
 * what is added around it is valid from set 11 on.
 *
 * Chroma is interpolated, RGB made by the source's matrix and range, the network run, its result resampled to the scale
 * that is asked for. What lies beyond black and white goes around the network, and colours are locked to the source's.
 */
export function rgbGraph(options: RgbGraphOptions): Uint8Array {
  const { format, model, traits, scale, deband = null, finish = plainFinish } = options;
  const graph = new GraphBuilder();
  const source = sourceRgb(graph, format, deband);
  const result = networkResult(graph, clipped(graph, source, 0), { model, traits });
  const resized = resample(graph, result, { from: traits.scale, to: scale });
  const complete = withExtremes(graph, source, { ...clipped(graph, resized, 0), scale });
  const rgb = lockColors(graph, source, { ...complete, scale });
  writeFinished(graph, planesOf(graph, rgb, format), { ...finish, matrix: format.matrix });
  return encodeModel({
    ir_version: Math.max(model.ir_version, IR_VERSION),
    producer_name: 'uprez',
    opset_import: model.opset_import,
    graph: graph.build(),
  });
}

function sourceRgb(graph: GraphBuilder, format: PlanesFormat, deband: Debanding | null): Picture {
  const { width, height } = format;
  const small = chromaSize(format);
  const codes = (name: string, { width, height }: Size): string =>
    graph.cast(graph.input(name, storage(format), [1, 1, height, width]), 'float');
  const luma = codes('y', { width, height });
  const joined = graph.node('Concat', [codes('u', small), codes('v', small)], { attributes: { axis: 1 } });
  const stored = {
    luma: { width, height, planes: 1, value: luma },
    chroma: { ...small, planes: 2, value: joined },
  };
  const smooth = debandedPlanes(graph, stored, deband && { ...deband, code: deband.code * 2 ** (format.depth - 10) });
  const full = filter(graph, smooth.chroma, chromaToFull[format.chroma]);
  const chroma = crop(graph, full, { width, height });
  const yuv = graph.node('Concat', [smooth.luma.value, chroma.value], { attributes: { axis: 1 } });
  return { value: graph.conv(yuv, codesToRgb(format), [1, 1]), planes: 3, width, height };
}

/** Runs the network on the picture, completed at the right and below to a size that it takes. */
function networkResult(
  graph: GraphBuilder,
  source: Picture,
  { model, traits }: Pick<RgbGraphOptions, 'model' | 'traits'>,
): Picture {
  const { white, element, names, scale } = traits;
  const { width, height } = source;
  const border = traits.fixed || !padsWithZeros(model.graph) ? 0 : BORDER;
  const size = inputSize({ width: width + 2 * border, height: height + 2 * border }, traits);
  const padded = graph.pad(source.value, [border, border, size.height - height - border, size.width - width - border]);
  const leveled = multiplied(graph, padded, white.input);
  const input = element.input === 'float16' ? graph.cast(leveled, 'float16') : leveled;
  const rename = graph.inline(model.graph, 'network', { [names.input]: input });
  const output = rename(names.output);
  const value = element.output === 'float16' ? graph.cast(output, 'float') : output;
  const whole = { value, planes: 3, width: size.width * scale, height: size.height * scale };
  const wanted = { width: width * scale, height: height * scale, at: border * scale };
  const cropped = crop(graph, whole, wanted);
  return { ...cropped, value: multiplied(graph, cropped.value, 1 / white.output) };
}

/**
 * Source samples around the frame that networks get which see black beyond the edge: the edge is repeated there, else it
 * would be tinted. Such networks could see farther, but don't by more than a code or two.
 */
const BORDER = 8;

/** Size that the network is fed with for a picture. Throws where the picture is larger than the only size it takes. */
function inputSize({ width, height }: Size, { fixed, multiple }: RgbTraits): Size {
  if (fixed && (width > fixed.width || height > fixed.height))
    throw new Error(`${width}x${height} is more than the network's ${fixed.width}x${fixed.height}`);
  const complete = (side: number): number => Math.ceil(side / multiple) * multiple;
  return fixed ?? { width: complete(width), height: complete(height) };
}

/**
 * How far beyond black and white the source goes by ringing alone: 35 of 10-bit codes. Where a picture is compressed,
 * edges to white overshoot by that much, and the network rightly takes it away.
 */
const RINGING = 0.04;

/** Samples of the source beyond black and white, which networks know nothing of: what is more than ringing is kept. */
function withExtremes(graph: GraphBuilder, source: Picture, result: Picture & { scale: GraphScale }): Picture {
  const inside = clipped(graph, source, RINGING);
  const beyond = { ...source, value: graph.node('Sub', [source.value, inside.value]) };
  const enlarged = resample(graph, beyond, { from: 1, to: result.scale });
  return { ...result, value: graph.node('Add', [result.value, enlarged.value]) };
}

/** Source samples around one that its colour is locked by. */
export const LOCK_REACH = 8;

/**
 * Networks shift flat colours, by up to 3 % of the range. What the result says about the mean colour of an area gives way
 * to what the source says: the difference between both, smoothed over twice a transform block so that blocking noise
 * doesn't come back, is added. Flat areas are exact, and everything finer than the smoothing is the network's.
 */
function lockColors(graph: GraphBuilder, source: Picture, result: Picture & { scale: GraphScale }): Picture {
  const { scale } = result;
  const attributes = { kernel_shape: [scale, scale], strides: [scale, scale] };
  const reduced = scale === 1 ? result.value : graph.node('AveragePool', [result.value], { attributes });
  const shift = { ...source, value: graph.node('Sub', [source.value, reduced]) };
  const smooth = smoothing(LOCK_REACH);
  const downwards = filter(graph, shift, { rows: smooth, columns: unchanged });
  const smoothed = filter(graph, downwards, { rows: unchanged, columns: smooth });
  const enlarged = resample(graph, smoothed, { from: 1, to: scale });
  return { ...result, value: graph.node('Add', [result.value, enlarged.value]) };
}

/** Luma, and left-sited chroma for every second column. */
function planesOf(graph: GraphBuilder, rgb: Picture, format: PlanesFormat): YuvPicture {
  const { width, height } = rgb;
  const luma = graph.conv(rgb.value, rgbToLuma(format.matrix), [1, 1]);
  const padded = graph.pad(rgb.value, [0, 1, 0, width % 2]);
  const chroma = graph.conv(padded, rgbToChroma(format), [1, 2]);
  return {
    luma: { width, height, planes: 1, value: luma },
    chroma: { width: Math.ceil(width / 2), height, planes: 2, value: chroma },
  };
}

/** Between black and white, give or take a margin. */
function clipped(graph: GraphBuilder, picture: Picture, margin: number): Picture {
  const limits = [graph.floats([], [-margin]), graph.floats([], [1 + margin])];
  return { ...picture, value: graph.node('Clip', [picture.value, ...limits]) };
}

function multiplied(graph: GraphBuilder, value: string, factor: number): string {
  return factor === 1 ? value : graph.node('Mul', [value, graph.floats([], [factor])]);
}
