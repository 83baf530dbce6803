import { type Bytes, ascii, atom, bytes, fixed, float64, fullAtom, pascal, u16, u32, u8, zeros } from './atoms.ts';
import type { MasteringDisplay } from '@uprez/shared';
import { type AudioTable, type TimecodeTable, type VideoTable, audioFrameBytes, countedFrames } from './tables.ts';

/** The largest rate that the 16.16 field of the older sound descriptions can hold. */
const MAX_FIXED_RATE = 65_535;

/** Code, compressor name, and depth in QuickTime's sense: 32 is 24 with transparency ("Apple ProRes White Paper"). */
const profiles = {
  hq: { code: 'apch', name: 'Apple ProRes 422 HQ', depth: 24 },
  '4444': { code: 'ap4h', name: 'Apple ProRes 4444', depth: 32 },
} as const;

/** Fields: QTFF, Video Media, Video Sample Description. */
export function videoDescription(video: VideoTable): Bytes {
  const { num, den } = video.sampleAspect;
  const color = video.color;
  const { code, name, depth } = profiles[video.profile];
  return atom(
    code,
    zeros(6), // reserved
    u16(1), // data reference index
    u16(0, 0), // version, revision
    ascii('apl0'), // vendor
    u32(0, 1023), // temporal quality, spatial quality
    u16(video.width, video.height),
    fixed(72), // horizontal resolution
    fixed(72), // vertical resolution
    u32(0), // data size
    u16(1), // frames a sample
    pascal(name, 32), // compressor name
    u16(depth, -1), // colour table: none
    atom('fiel', u8(1, 0)), // one field a frame: progressive
    color === null ? [] : atom('colr', ascii('nclc'), u16(color.primaries, color.transfer, color.matrix)),
    atom('pasp', u32(num, den)),
    video.hdr?.mastering ? masteringAtom(video.hdr.mastering) : [],
    video.hdr?.light ? atom('clli', u16(video.hdr.light.maxCll, video.hdr.light.maxFall)) : [],
  );
}

/** 'mdcv' (ISO/IEC 14496-12, 12.1.5): primaries and white point in steps of 0.00002, luminance in 0.0001 cd/m². */
function masteringAtom({ red, green, blue, white, minLuminance, maxLuminance }: MasteringDisplay): Bytes {
  const places = [green, blue, red, white].flat().map((place) => Math.round(place * 50_000));
  return atom('mdcv', u16(...places), u32(Math.round(maxLuminance * 10_000), Math.round(minLuminance * 10_000)));
}

/** 'tmcd' (QTFF, Timecode Media, Timecode Sample Description). */
export function timecodeDescription(
  timecode: TimecodeTable,
  clock: { timescale: number; frameDuration: number },
): Bytes {
  const flags = (timecode.dropFrame ? 1 : 0) | 2; // drop frame; numbers wrap after 24 hours
  return atom(
    'tmcd',
    zeros(6), // reserved
    u16(1), // data reference index
    u32(0), // reserved
    u32(flags, clock.timescale, clock.frameDuration),
    u8(countedFrames(timecode.frameRate), 0), // frames a second, reserved
  );
}

/**
 * Little-endian PCM in the form that QuickTime, Premiere and ffmpeg have read longest: 'sowt' for 16 bits, 'in24' with a
 * little-endian mark for 24, and 'lpcm' where the rate does not fit their 16.16 field.
 */
export function audioDescription(track: AudioTable): Bytes {
  if (track.sampleRate > MAX_FIXED_RATE) return lpcmDescription(track);
  return track.bitDepth === 16 ? sowtDescription(track) : in24Description(track);
}

/** QTFF, Sound Sample Description, version 0. */
function sowtDescription(track: AudioTable): Bytes {
  return atom('sowt', soundHead(track, 0), channelLayout(track));
}

/** QTFF, Sound Sample Description, version 1, with the 'wave' atoms that say how to read the bytes. */
function in24Description(track: AudioTable): Bytes {
  return atom(
    'in24',
    soundHead(track, 1),
    u32(1), // samples a packet
    u32(3), // bytes a packet, of one channel
    u32(audioFrameBytes(track)), // bytes a frame, of all channels
    u32(2), // bytes a sample: 2 for everything that is not 8 bits
    atom(
      'wave',
      atom('frma', ascii('in24')),
      atom('enda', u16(1)), // little-endian
      atom('\0\0\0\0'), // terminator
    ),
    channelLayout(track),
  );
}

/** QTFF, Sound Sample Description, version 2: rates above 65,535 Hz. */
function lpcmDescription(track: AudioTable): Bytes {
  return atom(
    'lpcm',
    zeros(6), // reserved
    u16(1), // data reference index
    u16(2, 0), // version, revision
    u32(0), // vendor
    u16(3, 16, -2, 0), // fixed values
    u32(65536), // fixed value
    u32(72), // size of this structure, to its end
    float64(track.sampleRate),
    u32(track.channels),
    u32(0x7f000000), // fixed value
    u32(track.bitDepth),
    u32(4 | 8), // signed integer, packed; not big-endian, not float
    u32(audioFrameBytes(track)), // bytes a packet
    u32(1), // samples a packet
    channelLayout(track),
  );
}

function soundHead(track: AudioTable, version: 0 | 1): Uint8Array {
  return bytes(
    zeros(6), // reserved
    u16(1), // data reference index
    u16(version, 0), // version, revision
    u32(0), // vendor
    u16(track.channels, 16), // sample size: 16 also for 24-bit audio, whose 'wave' atom says more
    u16(version === 1 ? -2 : 0, 0), // compression: variable-size packets in version 1; packet size
    fixed(track.sampleRate),
  );
}

/** Layouts with a name of their own in CoreAudioBaseTypes.h, by the places of their channels. */
const layoutTags: Readonly<Record<string, number>> = {
  C: 100,
  'L R': 101,
  'L R Ls Rs': 108,
  'L R C': 113,
  'L R C Ls Rs': 117,
  'L R C LFE Ls Rs': 121,
  'L R Ls Rs C LFE': 122,
  'L C R Ls Rs LFE': 123,
  'C L R Ls Rs LFE': 124,
};
/** Tags of a set of channels in the order of its bits, and of channels without a place. */
const BITMAP = 1;
const DISCRETE = 147;
/** Bits of places: those of WAVE files, which QuickTime shares. */
const placeBits = ['L', 'R', 'C', 'LFE', 'Lb', 'Rb', 'Lc', 'Rc', 'Cb', 'Ls', 'Rs'];

/** 'chan' (QTFF, Audio Channel Layout): where each channel belongs. */
function channelLayout({ channels, layout }: AudioTable): Bytes {
  const places = layout ?? { 1: 'C', 2: 'L R' }[channels] ?? '';
  const scheme = layoutTags[places];
  if (scheme !== undefined) return layoutAtom((scheme << 16) | channels, 0);
  const bits = places === '' ? [] : places.split(' ').map((place) => placeBits.indexOf(place));
  const inOrder = bits.length > 0 && bits.every((bit, i) => bit > (bits[i - 1] ?? -1));
  if (!inOrder) return layoutAtom((DISCRETE << 16) | channels, 0);
  return layoutAtom(
    BITMAP << 16,
    bits.reduce((set, bit) => set | (1 << bit), 0),
  );
}

function layoutAtom(tag: number, bitmap: number): Bytes {
  return fullAtom('chan', {}, u32(tag, bitmap, 0)); // and no descriptions
}
