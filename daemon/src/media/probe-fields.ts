import type { AudioTrack, ChromaFormat, ColorTags, Media, StartTimecode } from '@uprez/shared';
import { codecNames, matrixNames, primariesNames, rawLayouts, transferNames } from './probe-names.ts';
import { type Report, type Track, number, text } from './probe-track.ts';

/** ffmpeg's name of a video codec, or undefined when it is not one that is decoded here. */
export function codecOf(video: Track): string | undefined {
  const format = text(video, 'Format') ?? '';
  const id = text(video, 'CodecID') ?? '';
  if (format === 'MPEG Video') return text(video, 'Format_Version') === '1' ? 'mpeg1video' : 'mpeg2video';
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

export function chromaOf(video: Track, codec: string): ChromaFormat {
  const space = text(video, 'ColorSpace') ?? '';
  const sampling = text(video, 'ChromaSubsampling') ?? '';
  if (space.startsWith('RGB') || ['RGB', 'RGBA'].includes(text(video, 'Format') ?? '')) return 'rgb';
  if (space === 'Y' || space === 'YA') return '400';
  if (sampling.startsWith('4:4:4')) return '444';
  // 4:1:1 has half the columns of 4:2:2: the smallest format that keeps all of it.
  if (sampling.startsWith('4:2:2') || sampling.startsWith('4:1:1')) return '422';
  return rawLayouts[text(video, 'CodecID') ?? '']?.chroma ?? (codec === 'prores' ? '422' : '420');
}

export function bitDepthOf(video: Track, codec: string): number {
  if (codec === 'prores') return text(video, 'Format_Profile')?.startsWith('4444') ? 12 : 10;
  const depth = number(video, 'BitDepth') ?? rawLayouts[text(video, 'CodecID') ?? '']?.bitDepth ?? 8;
  return Math.min(16, Math.max(8, Math.round(depth)));
}

/** Alpha that MediaInfo reports: a fourth component. */
export function hasAlpha(video: Track): boolean {
  const space = text(video, 'ColorSpace') ?? '';
  return /^(RGB|YUV|Y)A/.test(space) || text(video, 'Format') === 'RGBA';
}

/**
 * Colour tags by ffmpeg's names. Where stream and container differ, the stream's own are taken ("Original" in
 * MediaInfo's words), because its decoder delivers those.
 */
export function colorOf(video: Track, chroma: ChromaFormat, codec: string): ColorTags {
  const tag = (field: string, names: Readonly<Record<string, string>>): string =>
    names[text(video, `${field}_Original`) ?? text(video, field) ?? ''] ?? 'unknown';
  const tags = {
    primaries: tag('colour_primaries', primariesNames),
    transfer: tag('transfer_characteristics', transferNames),
    matrix: tag('matrix_coefficients', matrixNames),
  };
  if (chroma === 'rgb') return { ...tags, matrix: 'gbr', range: 'full' };
  return { ...tags, range: rangeOf(video, codec) };
}

function rangeOf(video: Track, codec: string): ColorTags['range'] {
  const range = text(video, 'colour_range_Original') ?? text(video, 'colour_range');
  if (range === 'Full') return 'full';
  if (range === 'Limited') return 'limited';
  return codec === 'mjpeg' ? 'full' : 'unknown'; // JPEG is full range unless it says otherwise (JFIF)
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

/** Timecode of a track, a tag or the stream. The zero that encoders write into MPEG-2 unasked counts as none. */
export function timecodeOf(report: Report): StartTimecode | null {
  const extra = report.general['extra'] as Track | undefined;
  const fromTracks = report.timecodes.map((track) => text(track, 'TimeCode_FirstFrame')).find(Boolean);
  const fromStream = report.video && text(report.video, 'TimeCode_FirstFrame');
  const found = fromTracks ?? (extra && text(extra, 'TimeCode_FirstFrame')) ?? fromStream;
  const match = /^(\d\d:\d\d:\d\d)[:;.](\d\d)$/.exec(found ?? '');
  if (!found || !match || (!fromTracks && found === '00:00:00:00')) return null;
  const dropFrame = found.at(8) === ';' || found.at(8) === '.';
  return { text: `${match[1]}${dropFrame ? ';' : ':'}${match[2]}`, dropFrame };
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
  }));
}

function soundCodec(track: Track): string {
  const format = text(track, 'Format') ?? 'unknown';
  if (format === 'MPEG Audio') return text(track, 'Format_Profile') === 'Layer 3' ? 'mp3' : 'mp2';
  return soundNames[format] ?? format.toLowerCase().slice(0, 40);
}
