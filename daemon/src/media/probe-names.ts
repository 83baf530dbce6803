/** ffmpeg's names for what MediaInfo calls colour primaries, transfer characteristics and matrix coefficients. */
export const primariesNames: Readonly<Record<string, string>> = {
  'BT.709': 'bt709',
  'BT.470 System M': 'bt470m',
  'BT.601 PAL': 'bt470bg',
  'BT.601 NTSC': 'smpte170m',
  'SMPTE 240M': 'smpte240m',
  'Generic film': 'film',
  'BT.2020': 'bt2020',
  XYZ: 'smpte428',
  'DCI P3': 'smpte431',
  'Display P3': 'smpte432',
  'EBU Tech 3213': 'ebu3213',
};

export const transferNames: Readonly<Record<string, string>> = {
  'BT.709': 'bt709',
  'BT.470 System M': 'gamma22',
  'BT.470 System B/G': 'gamma28',
  'BT.601': 'smpte170m',
  'SMPTE 240M': 'smpte240m',
  Linear: 'linear',
  'Logarithmic (100:1)': 'log100',
  'Logarithmic (316.22777:1)': 'log316',
  xvYCC: 'iec61966-2-4',
  'BT.1361': 'bt1361e',
  'sRGB/sYCC': 'iec61966-2-1',
  'BT.2020 (10-bit)': 'bt2020-10',
  'BT.2020 (12-bit)': 'bt2020-12',
  PQ: 'smpte2084',
  'SMPTE 428M': 'smpte428',
  HLG: 'arib-std-b67',
};

export const matrixNames: Readonly<Record<string, string>> = {
  Identity: 'gbr',
  'BT.709': 'bt709',
  'FCC 73.682': 'fcc',
  'BT.470 System B/G': 'bt470bg',
  'BT.601': 'smpte170m',
  'SMPTE 240M': 'smpte240m',
  YCgCo: 'ycgco',
  'BT.2020 non-constant': 'bt2020nc',
  'BT.2020 constant': 'bt2020c',
  "Y'D'zD'x": 'smpte2085',
  'Chromaticity-derived non-constant': 'chroma-derived-nc',
  'Chromaticity-derived constant': 'chroma-derived-c',
  ICtCp: 'ictcp',
};

/** ffmpeg's names for MediaInfo's video formats, where one name says it all. */
export const codecNames: Readonly<Record<string, string>> = {
  AVC: 'h264',
  HEVC: 'hevc',
  'MPEG-4 Visual': 'mpeg4',
  ProRes: 'prores',
  'VC-3': 'dnxhd',
  JPEG: 'mjpeg',
  VP8: 'vp8',
  VP9: 'vp9',
  AV1: 'av1',
  FFV1: 'ffv1',
  HuffYUV: 'huffyuv',
  PNG: 'png',
  CineForm: 'cfhd',
  DV: 'dvvideo',
};

/** Names of ffmpeg's video decoders that may be used, for `-codec_whitelist`: those of the codecs that the probe lets in. */
export const videoDecoders: readonly string[] = [
  ...Object.values(codecNames),
  ...['mpeg1video', 'mpeg2video', 'rawvideo', 'v210', 'qtrle', 'utvideo', 'ffvhuff', 'libdav1d', 'libaom-av1'],
];

/** Names of ffmpeg's audio decoders that may be used. Tracks of other codecs can't be kept. */
export const audioDecoders: readonly string[] = [
  ...['aac', 'mp3', 'mp3float', 'mp2', 'mp2float', 'ac3', 'eac3', 'opus', 'libopus', 'vorbis', 'flac', 'alac'],
  ...['pcm_s16le', 'pcm_s16be', 'pcm_s24le', 'pcm_s24be', 'pcm_s32le', 'pcm_s32be', 'pcm_f32le', 'pcm_f32be'],
  ...['pcm_s8', 'pcm_u8', 'pcm_f64le', 'pcm_bluray', 'pcm_dvd', 'pcm_alaw', 'pcm_mulaw'],
];

/** Can a track's sound be decoded? By the probe's names of codecs. */
export function readableSound(codec: string): boolean {
  return readableSounds.includes(codec);
}

const readableSounds = ['aac', 'mp3', 'mp2', 'ac3', 'eac3', 'opus', 'vorbis', 'flac', 'alac', 'pcm'];

/** Sampling and depth of uncompressed video by its four-character code. */
export const rawLayouts: Readonly<Record<string, { chroma: '420' | '422' | 'rgb'; bitDepth: number }>> = {
  I420: { chroma: '420', bitDepth: 8 },
  IYUV: { chroma: '420', bitDepth: 8 },
  YV12: { chroma: '420', bitDepth: 8 },
  NV12: { chroma: '420', bitDepth: 8 },
  YUY2: { chroma: '422', bitDepth: 8 },
  UYVY: { chroma: '422', bitDepth: 8 },
  yuvs: { chroma: '422', bitDepth: 8 },
  '2vuy': { chroma: '422', bitDepth: 8 },
  v210: { chroma: '422', bitDepth: 10 },
};
