import type { AudioTrack, ChromaFormat, ColorTags, Media, Size, StartTimecode } from '@uprez/shared';
import { codecNames, matrixNames, primariesNames, rawLayouts, transferNames } from './probe-names.ts';
import { type Report, type Track, number, text } from './probe-track.ts';

/** ffmpeg's name of a video codec, or undefined when it is not one that is decoded here. */
export function codecOf(video: Track): string | undefined {
  const [format, id] = [field(video, 'Format'), field(video, 'CodecID')];
  if (format === 'MPEG Video') return field(video, 'Format_Version') === '1' ? 'mpeg1video' : 'mpeg2video';
  if (/^U[LQM][A-Z]/.test(id)) return 'utvideo';
  if (format === 'RLE') return id.startsWith('rle') ? 'qtrle' : undefined;
  if (id === 'v210') return 'v210';
  if (isRaw(format, id)) return 'rawvideo';
  return Object.hasOwn(codecNames, format) ? codecNames[format] : undefined;
}

/** What a codec is called in a refusal. */
export function codecLabel(video: Track): string {
  const format = text(video, 'Format') ?? text(video, 'CodecID');
  return format ? `the codec “${format.slice(0, 40)}”` : 'an unknown codec';
}

function isRaw(format: string, id: string): boolean {
  if (format === 'YUV') return Object.hasOwn(rawLayouts, id) || id === 'V_UNCOMPRESSED';
  return ['RGB', 'RGBA'].includes(format) && /^(raw|0x00000000|V_UNCOMPRESSED|DIB|BI_RGB)/.test(id);
}

/** A field, empty where there is none. */
function field(video: Track, name: string): string {
  return text(video, name) ?? '';
}

export function sizeOf(video: Track): Size {
  return { width: Math.round(number(video, 'Width') ?? 0), height: Math.round(number(video, 'Height') ?? 0) };
}

export function chromaOf(video: Track, codec: string): ChromaFormat {
  const [space, sampling] = [field(video, 'ColorSpace'), field(video, 'ChromaSubsampling')];
  if (space.startsWith('RGB') || /^RGBA?$/.test(field(video, 'Format'))) return 'rgb';
  if (/^YA?$/.test(space)) return '400';
  if (sampling.startsWith('4:4:4')) return '444';
  // 4:1:1 has half the columns of 4:2:2: the smallest format that keeps all of it.
  if (/^4:(2:2|1:1)/.test(sampling)) return '422';
  return rawLayouts[field(video, 'CodecID')]?.chroma ?? (codec === 'prores' ? '422' : '420');
}

export function bitDepthOf(video: Track, codec: string): number {
  if (codec === 'prores') return field(video, 'Format_Profile').startsWith('4444') ? 12 : 10;
  const depth = number(video, 'BitDepth') ?? rawLayouts[field(video, 'CodecID')]?.bitDepth ?? 8;
  return Math.min(16, Math.max(8, Math.round(depth)));
}

/** Alpha that MediaInfo reports: a fourth component. */
export function hasAlpha(video: Track): boolean {
  return /^(RGB|YUV|Y)A/.test(field(video, 'ColorSpace')) || text(video, 'Format') === 'RGBA';
}

/**
 * Colour tags by ffmpeg's names. Where stream and container differ, the stream's own are taken ("Original" in
 * MediaInfo's words), because its decoder delivers those.
 */
export function colorOf(video: Track, chroma: ChromaFormat, codec: string): ColorTags {
  const tag = (name: string, names: Readonly<Record<string, string>>): string =>
    names[text(video, `${name}_Original`) ?? field(video, name)] ?? 'unknown';
  const tags = {
    primaries: tag('colour_primaries', primariesNames),
    transfer: tag('transfer_characteristics', transferNames),
    matrix: tag('matrix_coefficients', matrixNames),
  };
  if (chroma === 'rgb') return { ...tags, matrix: 'gbr', range: 'full' };
  const matrix = tags.matrix === 'unknown' ? impliedMatrix(video, codec) : tags.matrix;
  return { ...tags, matrix, range: rangeOf(video, codec) };
}

/** What a format means when its file does not say: JPEG is BT.601 at any size (JFIF), and Ut Video has a code for each. */
function impliedMatrix(video: Track, codec: string): string {
  if (codec === 'utvideo') return field(video, 'CodecID').startsWith('ULH') ? 'bt709' : 'bt470bg';
  return { mjpeg: 'bt470bg', dnxhd: 'bt709' }[codec] ?? 'unknown';
}

function rangeOf(video: Track, codec: string): ColorTags['range'] {
  const range = text(video, 'colour_range_Original') ?? text(video, 'colour_range');
  if (range === 'Full') return 'full';
  if (range === 'Limited') return 'limited';
  if (codec === 'mjpeg') return 'full'; // JPEG, unless it says otherwise (JFIF)
  return ['prores', 'dnxhd', 'mpeg1video', 'mpeg2video', 'dvvideo'].includes(codec) ? 'limited' : 'unknown';
}

/** Field-coded H.264 whose frames MediaInfo could not look at has no scan type; progressive streams always have one. */
export function scanOf(video: Track, codec: string): Media['scan'] {
  const scan = text(video, 'ScanType');
  if (scan === undefined) return codec === 'h264' ? 'interlaced' : 'progressive';
  return scan === 'Progressive' ? 'progressive' : 'interlaced';
}

export function rotationOf(video: Track): Media['rotation'] {
  const turns = Math.round(Number(text(video, 'Rotation') ?? 0) / 90);
  return ([0, 90, 180, 270] as const)[((turns % 4) + 4) % 4] ?? 0;
}

/** Timecode of a track, a tag or the stream. */
export function timecodeOf(report: Report): StartTimecode | null {
  const match = /^(\d\d:\d\d:\d\d)([:;.])(\d\d)$/.exec(firstTimecode(report) ?? '');
  if (!match) return null;
  const dropFrame = match[2] !== ':';
  return { text: `${match[1]}${dropFrame ? ';' : ':'}${match[3]}`, dropFrame };
}

function firstTimecode({ general, video, timecodes }: Report): string | undefined {
  const ofTrack = timecodes.map((track) => text(track, 'TimeCode_FirstFrame')).find((found) => found !== undefined);
  const ofFile = text((general['extra'] ?? {}) as Track, 'TimeCode_FirstFrame');
  const ofStream = video && text(video, 'TimeCode_FirstFrame');
  // Encoders write a zero into MPEG-2 unasked.
  return ofTrack ?? ofFile ?? (ofStream === '00:00:00:00' ? undefined : ofStream);
}

const soundNames: Readonly<Record<string, string>> = {
  'AC-3': 'ac3',
  'E-AC-3': 'eac3',
  PCM: 'pcm',
  ADPCM: 'adpcm',
  DTS: 'dts',
};

/** Every sound track, in the order of ffmpeg's stream numbers. */
export function audioOf(report: Report): AudioTrack[] {
  return report.audio.map((track) => ({
    codec: soundCodec(track),
    channels: Math.round(number(track, 'Channels') ?? 2),
    sampleRate: Math.round(number(track, 'SamplingRate') ?? 48_000),
    bitDepth: Math.round(number(track, 'BitDepth') ?? 0) || null,
    layout: layoutOf(track),
  }));
}

/** Channels in the order of ffmpeg's decoders (that of WAVE files), by MediaInfo's names. */
const decodedOrder = ['L', 'R', 'C', 'LFE', 'Lb', 'Rb', 'Cb', 'Ls', 'Rs'];

/** PCM comes in the order that the file says; other codecs have orders of their own, which their decoders undo. */
function layoutOf(track: Track): string | null {
  const said = text(track, 'ChannelLayout_Original') ?? text(track, 'ChannelLayout');
  const places = said?.split(' ').map((place) => (place === 'M' ? 'C' : place)) ?? [];
  const known = new Set(places).size === places.length && places.every((place) => decodedOrder.includes(place));
  if (!known || places.length !== Math.round(number(track, 'Channels') ?? 2)) return null;
  const inOrder = soundCodec(track) === 'pcm' ? places : decodedOrder.filter((place) => places.includes(place));
  return inOrder.join(' ');
}

function soundCodec(track: Track): string {
  const format = text(track, 'Format') ?? 'unknown';
  if (format === 'MPEG Audio') return text(track, 'Format_Profile') === 'Layer 3' ? 'mp3' : 'mp2';
  return soundNames[format] ?? format.toLowerCase().slice(0, 40);
}
