import {
  allowsDropFrame,
  AppError,
  conformedRate,
  framesToSeconds,
  type FrameRate,
  isLook,
  type Media,
  parseTimecode,
  rateValue,
  sameRate,
  secondsToFrames,
  type Size,
  type Task,
  timelineOf,
  uprightSize,
  type Way,
} from '@uprez/shared';
import { frameSpan } from '../../engine/findings.ts';
import type { AudioPlan, EnginePlan } from '../../engine/plan.ts';
import { noStillness, stillnessOf } from '../../engine/still-places.ts';
import { isHdr, outputColor, pictureMatrix } from '../../media/colors.ts';
import type { SourceFormat } from '../../media/frame-filters.ts';
import { readableSound } from '../../media/probe-names.ts';
import type { EngineModel } from '../../models/engine-model.ts';
import type { Treatment } from '../../models/treatment.ts';

/** Largest side of a result, in pixels; ProRes decoders and editors stop being reliable above. */
const LARGEST_SIDE = 8192;

export interface PlanContext {
  ffmpeg: string;
  model: EngineModel;
  ways: readonly Way[];
  threads: number;
}

/** Translates a task into what the engine does. Pure. Throws as `outputSize` does. */
export function enginePlan(
  task: Task,
  media: Media,
  context: PlanContext,
): Omit<EnginePlan, 'output'> & { output: Omit<EnginePlan['output'], 'path' | 'partial'> } {
  const source = sourceFormat(task, media, context.model);
  const rate = source.conformTo ?? media.frameRate;
  return {
    ffmpeg: context.ffmpeg,
    source,
    range: task.range,
    handles: task.handles,
    scanInDoubt: scanInDoubt(task, media),
    leadSeconds: media.leadSeconds,
    sourceFrames: source.conformTo || countIsEstimate(media) ? null : media.frameCount,
    frameRate: rate,
    scale: task.scale,
    treatment: treatmentOf(task, media),
    stillness: mayBeStilled(task, context.model)
      ? stillnessOf(decodedDepth(media.bitDepth), source.depth)
      : noStillness,
    model: context.model,
    ways: context.ways,
    mostSamples: null,
    threads: context.threads,
    audio: task.audio === 'keep' ? audioPlans(media) : [],
    output: {
      size: outputSize(task, media),
      sampleAspect: uprightAspect(media),
      color: outputColor(media.color, uprightSize(media)),
      hdr: media.hdr,
      alpha: keepsAlpha(task, media),
      timecode: startTimecode(media, rate),
    },
  };
}

/** Shares of the usual strength. */
const debandStrengths = { low: 0.7, auto: 1, high: 1.5 } as const;

/**
 * Before a network the decoder takes steps away (`deband` of the source format), and plain interpolation is for clips that must
 * not be touched. Clips that keep their size are made for grading, which makes the steps of 8 bits visible; deeper sources have
 * none to speak of.
 */
function treatmentOf({ look, deband, scale }: Task, { bitDepth }: Media): Treatment {
  const fitting = bitDepth === 8 && scale === 1;
  if (deband === 'off' || (deband === 'auto' && !fitting)) return { look, deband: null };
  return { look, deband: { code: 2 ** (10 - Math.min(bitDepth, 10)), strength: debandStrengths[deband] } };
}

/** Size of the result. Throws `input.alpha`, `input.alpha-lost`, `input.flow-hdr`, `input.too-large`. */
export function outputSize(task: Task, media: Media): Size {
  refuseHandling(task, media);
  const { width, height } = uprightSize(media);
  const size = { width: width * task.scale, height: height * task.scale };
  if (Math.max(size.width, size.height) > LARGEST_SIDE)
    throw new AppError('input.too-large', {
      file: task.source,
      why: `${task.scale}x would be ${size.width}x${size.height}, and ${LARGEST_SIDE} is the most a side may have`,
      hint: task.scale === 4 ? 'Use --scale 2.' : 'The clip is large enough as it is.',
    });
  return size;
}

/** Frames of the result before anybody has counted: exact for even timing, by duration otherwise. */
export function expectedFrames(task: Task, media: Media): number {
  return frameSpan(timelineOf(media, task.frameRate).frames, task.range, task.handles).frameCount;
}

/** What was asked for of transparency and frame rate, and can't be done. */
function refuseHandling(task: Task, media: Media): void {
  if (media.alpha && task.alpha === 'refuse') throw new AppError('input.alpha', { file: task.source });
  if (keepsAlpha(task, media) && !(task.backend === 'local' && alphaCodecs.includes(media.codec)))
    throw new AppError('input.alpha-lost', { file: task.source });
  if (isHdr(media.color) && task.rateConversion === 'flow' && conformedRate(media, task.frameRate))
    throw new AppError('input.flow-hdr', { file: task.source });
}

/** Codecs whose decoders deliver transparency; that of VP8 and VP9 is a second stream that they leave alone. */
const alphaCodecs = ['prores', 'png', 'qtrle', 'ffv1', 'utvideo', 'huffyuv', 'cfhd', 'rawvideo'];

export function keepsAlpha({ alpha }: Task, media: Media): boolean {
  return media.alpha && alpha === 'keep';
}

function sourceFormat(task: Task, media: Media, model: EngineModel): SourceFormat {
  const rgb = media.chroma === 'rgb';
  const depth = decodedDepth(media.bitDepth);
  const range = !rgb && media.color.range === 'full' ? 'full' : 'limited';
  // Plain interpolation is for clips that must not be touched. Full range is left alone: ffmpeg widens its luma by repeating
  // bits and its chroma by shifting, which is no scale of its own.
  const deepened = model.kind !== 'interpolation' && depth === 8 && range === 'limited';
  const size = uprightSize(media);
  return {
    path: task.source,
    ...size,
    ...samplingOf(media),
    depth: deepened ? 10 : depth,
    deband: deepened && task.deband === 'auto',
    range,
    matrix: pictureMatrix(media.color, size),
    grey: media.chroma === '400',
    rgb,
    deinterlace: media.scan === 'interlaced' && task.fields === 'deinterlace' ? 'auto' : null,
    sourceRate: media.frameRate,
    conformTo: conformedRate(media, task.frameRate),
    evenRate: conformedRate(media, null),
    rateConversion: task.rateConversion,
  };
}

/** Networks make more of what trembles; under a look, codes of source and result are not on one scale. */
function mayBeStilled({ look }: Task, { kind }: EngineModel): boolean {
  return kind !== 'interpolation' && !isLook(look);
}

/** Sizes that interlaced video has; nobody makes interlaced video of others. */
const broadcastHeights = [480, 486, 512, 576, 608, 1080, 1088];

/**
 * Cameras call pictures interlaced that are not (PsF), and files lose the word for those that are: both are looked at
 * where broadcast sizes and rates make them possible.
 */
function scanInDoubt({ fields }: Task, { scan, height, rotation, frameRate }: Media): boolean {
  if (fields === 'keep') return false;
  return scan === 'interlaced' || (broadcastHeights.includes(height) && rotation === 0 && rateValue(frameRate) < 31);
}

/** Streams have no index, and of long Matroska files only the beginning is read: their counts are duration times rate. */
function countIsEstimate({ container, frameCount }: Media): boolean {
  return container === 'mpegts' || container === 'mpeg' || (container === 'matroska' && frameCount > 8000);
}

/** Grey gets neutral chroma from the decoder; RGB is converted without losing chroma samples. */
const decodedChroma = { '400': '420', '420': '420', '422': '422', '444': '444', rgb: '444' } as const;

/** Half the columns of a picture that is turned sideways are half the rows of the upright one, which no format has. */
function samplingOf({ chroma, rotation }: Media): Pick<SourceFormat, 'chroma' | 'turn'> {
  if (chroma === '422' && (rotation === 90 || rotation === 270)) return { chroma: '444', turn: rotation };
  return { chroma: decodedChroma[chroma], turn: 0 };
}

function decodedDepth(bits: number): SourceFormat['depth'] {
  if (bits <= 8) return 8;
  if (bits <= 10) return 10;
  return bits <= 12 ? 12 : 16;
}

function uprightAspect({ rotation, sampleAspect: { num, den } }: Media): { num: number; den: number } {
  return rotation === 90 || rotation === 270 ? { num: den, den: num } : { num, den };
}

function audioPlans({ audio }: Media): AudioPlan[] {
  return audio.flatMap(({ codec, channels, sampleRate, bitDepth, layout }, stream) =>
    readableSound(codec) ? [{ stream, channels, sampleRate, layout, bitDepth: (bitDepth ?? 16) > 16 ? 24 : 16 }] : [],
  );
}

/** The source's start timecode as a frame number at the output's rate; unreadable ones are left out. */
function startTimecode({ timecode, frameRate: sourceRate }: Media, rate: FrameRate): EnginePlan['output']['timecode'] {
  if (!timecode) return null;
  try {
    // Some cameras say drop-frame at rates that have none: their numbers count every frame.
    const text = allowsDropFrame(sourceRate) ? timecode.text : timecode.text.replace(';', ':');
    const frame = parseTimecode(text, sourceRate);
    const startFrame = sameRate(rate, sourceRate) ? frame : secondsToFrames(framesToSeconds(frame, sourceRate), rate);
    return { startFrame, dropFrame: timecode.dropFrame && allowsDropFrame(rate) };
  } catch {
    return null;
  }
}
