import { z } from 'zod';
import { FrameRate, nearestStandardRate, rateValue, sameRate } from './rational.ts';

/** How chroma is sampled relative to luma. */
export const ChromaFormat = z.enum(['400', '420', '422', '444', 'rgb']);
export type ChromaFormat = z.infer<typeof ChromaFormat>;

/** Colour tags by their ffmpeg names. `unknown` where the file says nothing. */
export const ColorTags = z.object({
  primaries: z.string(),
  transfer: z.string(),
  matrix: z.string(),
  range: z.enum(['limited', 'full', 'unknown']),
});
export type ColorTags = z.infer<typeof ColorTags>;

/** The matrix between Y'CbCr and R'G'B', by the number of the ITU-R recommendation (BT.601, BT.709, BT.2020 NCL). */
export type YuvMatrix = '601' | '709' | '2020';

export const AudioTrack = z.object({
  codec: z.string(),
  channels: z.int().positive(),
  sampleRate: z.int().positive(),
  bitDepth: z.int().positive().nullable(),
  /** Places of the channels in decoding order, such as "L R C LFE Ls Rs"; null where nothing says them. */
  layout: z.string().nullable().default(null),
});
export type AudioTrack = z.infer<typeof AudioTrack>;

/** The display that HDR pictures were graded on (SMPTE ST 2086): CIE 1931 x and y, luminances in cd/m². */
export const MasteringDisplay = z.object({
  red: z.tuple([z.number(), z.number()]),
  green: z.tuple([z.number(), z.number()]),
  blue: z.tuple([z.number(), z.number()]),
  white: z.tuple([z.number(), z.number()]),
  minLuminance: z.number().nonnegative(),
  maxLuminance: z.number().positive(),
});
export type MasteringDisplay = z.infer<typeof MasteringDisplay>;

/** Brightest pixel and brightest frame on average, in cd/m² (CTA-861.3: MaxCLL, MaxFALL). */
export const ContentLight = z.object({ maxCll: z.int().nonnegative(), maxFall: z.int().nonnegative() });
export type ContentLight = z.infer<typeof ContentLight>;

/** What HDR clips say besides their colour tags. `dynamic` names metadata that changes with the scene. */
export const HdrMetadata = z.object({
  mastering: MasteringDisplay.nullable(),
  light: ContentLight.nullable(),
  dynamic: z.string().nullable(),
});
export type HdrMetadata = z.infer<typeof HdrMetadata>;

export const StartTimecode = z.object({ text: z.string(), dropFrame: z.boolean() });
export type StartTimecode = z.infer<typeof StartTimecode>;

/** What the probe found out about a clip. Sizes are coded sizes, before rotation and sample aspect. */
export const Media = z.object({
  container: z.string(),
  codec: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
  /** Clockwise degrees a player turns the picture by. */
  rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  sampleAspect: z.object({ num: z.int().positive(), den: z.int().positive() }),
  frameRate: FrameRate,
  /** `variable` also for constant-rate files whose timestamps leave gaps or whose edit list cuts frames off. */
  timing: z.enum(['constant', 'variable']),
  /** Frames in the file; for variable timing the count before conforming. */
  frameCount: z.int().positive(),
  durationSeconds: z.number().positive(),
  /**
   * From the beginning of the presentation to the first frame that decoders deliver: an edit list that begins within a
   * frame leaves that frame out, and only its sound is heard.
   */
  leadSeconds: z.number().nonnegative().default(0),
  chroma: ChromaFormat,
  bitDepth: z.int().min(8).max(16),
  alpha: z.boolean(),
  scan: z.enum(['progressive', 'interlaced']),
  color: ColorTags,
  hdr: HdrMetadata.nullable().default(null),
  timecode: StartTimecode.nullable(),
  audio: z.array(AudioTrack),
  sizeBytes: z.int().positive(),
  /** Modification time of the file, so that a clip exchanged under the same name is noticed. */
  modifiedMs: z.number(),
});
export type Media = z.infer<typeof Media>;

export interface Size {
  width: number;
  height: number;
}

/** Size as displayed upright, in stored pixels (rotation applied, sample aspect not). */
export function uprightSize(media: Pick<Media, 'width' | 'height' | 'rotation'>): Size {
  const sideways = media.rotation === 90 || media.rotation === 270;
  return sideways ? { width: media.height, height: media.width } : { width: media.width, height: media.height };
}

/**
 * Rate that a clip is conformed to: a wanted other rate, or the nearest standard one where its timing is uneven. Null
 * where every frame is taken as it comes.
 */
export function conformedRate(media: Pick<Media, 'timing' | 'frameRate'>, wanted: FrameRate | null): FrameRate | null {
  const even = media.timing === 'constant';
  if (wanted && !(even && sameRate(wanted, media.frameRate))) return wanted;
  return even ? null : nearestStandardRate(media.frameRate);
}

/** The clip's timeline as it is processed: ranges, handles and results are counted in these frames. */
export function timelineOf(
  media: Pick<Media, 'timing' | 'frameRate' | 'frameCount' | 'durationSeconds'>,
  wanted: FrameRate | null,
): { rate: FrameRate; frames: number } {
  const rate = conformedRate(media, wanted);
  if (!rate) return { rate: media.frameRate, frames: media.frameCount };
  return { rate, frames: Math.max(1, Math.round(media.durationSeconds * rateValue(rate))) };
}
