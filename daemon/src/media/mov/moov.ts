import { type Bytes, ascii, atom, fixed, fullAtom, pascal, u16, u32, u32Table, u64, u64Table, zeros } from './atoms.ts';
import { audioDescription, timecodeDescription, videoDescription } from './descriptions.ts';
import type { Span, Spans } from './sample-table.ts';
import {
  type AudioTable,
  type MovTables,
  type VideoTable,
  audioFrameBytes,
  audioSamples,
  videoClock,
} from './tables.ts';

const U32_MAX = 0xffff_ffff;
/** ISO 639-2 'und' in three times five bits. */
const LANGUAGE_UNDETERMINED = 0x55c4;
const VIDEO_TRACK = 1;
const IDENTITY_MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

interface Track {
  id: number;
  /** Four-character media type: vide, soun, tmcd. */
  type: string;
  handlerName: string;
  /** Size as displayed, in square pixels. */
  width: number;
  height: number;
  volume: number;
  media: { timescale: number; duration: number };
  references: Bytes;
  mediaHeader: Bytes;
  sampleTable: Bytes;
}

interface Movie {
  timescale: number;
  createdAt: number;
}

/**
 * The movie atom (QTFF, Movie Atoms). `timecodeSample` is where the start frame number of the timecode track was written;
 * null when there is none. 64-bit forms are used only where a number needs them.
 */
export function movieAtom(tables: MovTables, timecodeSample: Span | null): Bytes {
  const clock = videoClock(tables.video.frameRate);
  const movie: Movie = { timescale: clock.timescale, createdAt: tables.createdAt ?? 0 };
  const tracks = [videoTrack(tables, timecodeSample !== null)];
  if (timecodeSample) tracks.push(timecodeTrack(tables, timecodeSample));
  for (const track of tables.audio) tracks.push(audioTrack(track, tracks.length + 1));
  return atom('moov', movieHeader(movie, tracks), ...tracks.map((track) => trackAtom(movie, track)));
}

function videoTrack(tables: MovTables, withTimecode: boolean): Track {
  const { video } = tables;
  return {
    id: VIDEO_TRACK,
    type: 'vide',
    handlerName: 'Video',
    width: (video.width * video.sampleAspect.num) / video.sampleAspect.den,
    height: video.height,
    volume: 0,
    media: videoMedia(video),
    references: withTimecode ? atom('tref', atom('tmcd', u32(VIDEO_TRACK + 1))) : [],
    // graphics mode: copy; no operation colour
    mediaHeader: fullAtom('vmhd', { flags: 1 }, u16(0, 0, 0, 0)),
    sampleTable: sampleTable(videoDescription(video), {
      count: video.frames.sizes.length,
      duration: videoClock(video.frameRate).frameDuration,
      sizes: fullAtom('stsz', {}, u32(0, video.frames.sizes.length), u32Table(video.frames.sizes)),
      chunks: fullAtom('stsc', {}, u32(1, 1, 1, 1)), // one entry: from chunk 1 on, one frame each, description 1
      offsets: video.frames.offsets,
    }),
  };
}

function timecodeTrack(tables: MovTables, sample: Span): Track {
  const timecode = tables.timecode!;
  const clock = videoClock(timecode.frameRate);
  const media = videoMedia(tables.video);
  return {
    id: VIDEO_TRACK + 1,
    type: 'tmcd',
    handlerName: 'Timecode',
    width: 0,
    height: 0,
    volume: 0,
    media,
    references: [],
    mediaHeader: timecodeMediaHeader(),
    sampleTable: sampleTable(timecodeDescription(timecode, clock), {
      count: 1,
      duration: media.duration,
      sizes: fullAtom('stsz', {}, u32(sample.sizeBytes, 1)),
      chunks: fullAtom('stsc', {}, u32(1, 1, 1, 1)),
      offsets: [sample.offset],
    }),
  };
}

function audioTrack(track: AudioTable, id: number): Track {
  const samples = audioSamples(track);
  return {
    id,
    type: 'soun',
    handlerName: 'Sound',
    width: 0,
    height: 0,
    volume: 1,
    media: { timescale: track.sampleRate, duration: samples },
    references: [],
    mediaHeader: fullAtom('smhd', {}, u16(0, 0)), // balance: centre
    sampleTable: sampleTable(audioDescription(track), {
      count: samples,
      duration: 1,
      sizes: fullAtom('stsz', {}, u32(audioFrameBytes(track), samples)),
      chunks: audioChunks(track.chunks, audioFrameBytes(track)),
      offsets: track.chunks.offsets,
    }),
  };
}

function videoMedia(video: VideoTable): { timescale: number; duration: number } {
  const { timescale, frameDuration } = videoClock(video.frameRate);
  return { timescale, duration: video.frames.sizes.length * frameDuration };
}

function movieHeader(movie: Movie, tracks: readonly Track[]): Bytes {
  const duration = Math.max(...tracks.map((track) => inMovieTime(movie, track)));
  return fullAtom(
    'mvhd',
    { version: versionFor(duration) },
    times(movie, { timescale: movie.timescale }, duration),
    fixed(1), // rate
    u16(0x100), // volume: 1.0 in 8.8
    zeros(10), // reserved
    IDENTITY_MATRIX,
    zeros(24), // preview, poster, selection and current time
    u32(tracks.length + 1), // next track id
  );
}

function trackAtom(movie: Movie, track: Track): Bytes {
  const duration = inMovieTime(movie, track);
  const header = fullAtom(
    'tkhd',
    { version: versionFor(duration), flags: 7 }, // enabled, used in the movie and its preview
    times(movie, { trackId: track.id }, duration),
    zeros(8), // reserved
    u16(0, 0), // layer, alternate group
    u16(track.volume * 0x100, 0), // volume in 8.8, reserved
    IDENTITY_MATRIX,
    fixed(track.width),
    fixed(track.height),
  );
  const mediaHeader = fullAtom(
    'mdhd',
    { version: versionFor(track.media.duration) },
    times(movie, { timescale: track.media.timescale }, track.media.duration),
    u16(LANGUAGE_UNDETERMINED, 0), // language, quality
  );
  const media = atom('mdia', mediaHeader, handler('mhlr', track.type, track.handlerName), mediaAtom(track));
  return atom('trak', header, track.references, media);
}

function mediaAtom(track: Track): Bytes {
  const here = fullAtom('url ', { flags: 1 }); // the samples are in this file
  return atom(
    'minf',
    track.mediaHeader,
    handler('dhlr', 'url ', 'File'),
    atom('dinf', fullAtom('dref', {}, u32(1), here)),
    track.sampleTable,
  );
}

/** Creation time, modification time, time scale or track id, duration: the part that `mvhd`, `tkhd`, `mdhd` share. */
function times(movie: Movie, id: { timescale: number } | { trackId: number }, duration: number): Bytes {
  const number = versionFor(duration) === 1 ? u64 : u32;
  const middle = 'timescale' in id ? u32(id.timescale) : u32(id.trackId, 0); // a track id is followed by a reserved word
  return [number(movie.createdAt, movie.createdAt), middle, number(duration)];
}

function versionFor(duration: number): 0 | 1 {
  return duration > U32_MAX ? 1 : 0;
}

function inMovieTime(movie: Movie, track: Track): number {
  return Math.round((track.media.duration * movie.timescale) / track.media.timescale);
}

function handler(component: 'mhlr' | 'dhlr', type: string, name: string): Bytes {
  // component type and subtype; manufacturer, flags, mask; name
  return fullAtom('hdlr', {}, ascii(component + type), u32(0, 0, 0), pascal(name));
}

/** Timecode has no header of its own: a generic one, and how a player would draw the numbers (QTFF, 'tcmi'). */
function timecodeMediaHeader(): Bytes {
  const drawn = fullAtom(
    'tcmi',
    {},
    u16(0, 0, 12, 0), // font, face, size, reserved
    u16(0, 0, 0), // text colour
    u16(0xffff, 0xffff, 0xffff), // background colour
    pascal('Lucida Grande'),
  );
  const generic = fullAtom('gmin', {}, u16(0x40, 0x8000, 0x8000, 0x8000), u16(0, 0)); // dither copy; balance, reserved
  return atom('gmhd', generic, atom('tmcd', drawn));
}

interface Samples {
  count: number;
  /** Length of every sample in media time. */
  duration: number;
  sizes: Bytes;
  chunks: Bytes;
  offsets: ArrayLike<number>;
}

function sampleTable(description: Bytes, samples: Samples): Bytes {
  return atom(
    'stbl',
    fullAtom('stsd', {}, u32(1), description),
    fullAtom('stts', {}, u32(1, samples.count, samples.duration)),
    samples.chunks,
    samples.sizes,
    chunkOffsets(samples.offsets),
  );
}

function chunkOffsets(offsets: ArrayLike<number>): Bytes {
  const large = Array.prototype.some.call(offsets, (offset: number) => offset > U32_MAX);
  const type = large ? 'co64' : 'stco';
  return fullAtom(type, {}, u32(offsets.length), large ? u64Table(offsets) : u32Table(offsets));
}

/** Runs of chunks with the same number of samples: first chunk, samples a chunk, description. */
function audioChunks(chunks: Spans, frameBytes: number): Bytes {
  const entries: number[] = [];
  let previous = -1;
  for (const [i, size] of chunks.sizes.entries()) {
    if (size === previous) continue;
    entries.push(i + 1, size / frameBytes, 1);
    previous = size;
  }
  return fullAtom('stsc', {}, u32(entries.length / 3), u32Table(entries));
}
