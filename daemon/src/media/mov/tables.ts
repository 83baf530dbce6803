import { type FrameRate, type HdrMetadata, rateValue } from '@uprez/shared';
import type { Spans } from './sample-table.ts';

/** Code points of ISO/IEC 23091-2 (the same as H.273): 1-1-1 is BT.709, 9-16-9 is PQ in BT.2020. */
export interface ColorCodes {
  primaries: number;
  transfer: number;
  matrix: number;
}

export interface VideoTable {
  width: number;
  height: number;
  frameRate: FrameRate;
  sampleAspect: { num: number; den: number };
  /** ProRes 422 HQ, or 4444 with transparency. */
  profile: 'hq' | '4444';
  /** null leaves the 'colr' atom out. */
  color: ColorCodes | null;
  /** Display and brightness that HDR pictures were graded for. */
  hdr: HdrMetadata | null;
  frames: Spans;
}

export interface TimecodeTable {
  /** Frames from 00:00:00:00 to the first frame of the file. */
  startFrame: number;
  frameRate: FrameRate;
  dropFrame: boolean;
}

/** PCM, little-endian, interleaved. */
export interface AudioTable {
  channels: number;
  sampleRate: number;
  bitDepth: 16 | 24;
  /** Places of the channels in their order, such as "L R C LFE Ls Rs"; null where nothing says them. */
  layout: string | null;
  chunks: Spans;
}

/** What the movie atom says about the bytes in the file. */
export interface MovTables {
  video: VideoTable;
  timecode: TimecodeTable | null;
  audio: readonly AudioTable[];
  /** Seconds since 1904-01-01 00:00 UTC; 0 by default, so that the same frames always give the same file. */
  createdAt?: number;
}

/**
 * Time scale of the movie, the picture and the timecode: a whole number of units in every frame. Rates such as 24/1 are
 * taken times 1000, so that audio durations, which the movie header holds in the same units, stay exact to 40 µs.
 */
export function videoClock(rate: FrameRate): { timescale: number; frameDuration: number } {
  const factor = rate.num < 10_000 ? 1000 : 1;
  return { timescale: rate.num * factor, frameDuration: rate.den * factor };
}

/** Timecode counts whole frames a second: 24 at 23.976, 30 at 29.97. */
export function countedFrames(rate: FrameRate): number {
  return Math.round(rateValue(rate));
}

/** Bytes of one sample of all channels. */
export function audioFrameBytes(track: Pick<AudioTable, 'channels' | 'bitDepth'>): number {
  return (track.channels * track.bitDepth) / 8;
}

/** Samples of one track, counted once for all channels. */
export function audioSamples(track: AudioTable): number {
  let sizeBytes = 0;
  for (const size of track.chunks.sizes) sizeBytes += size;
  return sizeBytes / audioFrameBytes(track);
}

/** Throws a plain Error when tables do not fit the bytes between `start` and `end`. */
export function checkTables(tables: MovTables, range: { start: number; end: number }): void {
  if (tables.video.frames.sizes.length === 0) throw new Error('a movie needs at least one frame');
  for (const spans of [tables.video.frames, ...tables.audio.map((track) => track.chunks)]) {
    if (spans.offsets.length !== spans.sizes.length) throw new Error('offsets and sizes differ in number');
    for (let i = 0; i < spans.sizes.length; i++) {
      const outside = spans.offsets[i]! < range.start || spans.offsets[i]! + spans.sizes[i]! > range.end;
      if (outside || spans.sizes[i] === 0) throw new Error(`sample ${i} lies outside the written bytes`);
    }
  }
  for (const track of tables.audio) {
    const whole = track.chunks.sizes.every((size) => size % audioFrameBytes(track) === 0);
    if (!whole) throw new Error('an audio chunk does not end with a whole sample');
  }
}
