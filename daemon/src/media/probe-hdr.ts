import type { ContentLight, HdrMetadata, MasteringDisplay } from '@uprez/shared';
import { number, text, type Track } from './probe-track.ts';

type Colors = Pick<MasteringDisplay, 'red' | 'green' | 'blue' | 'white'>;

const d65 = [0.3127, 0.329] as const;

/** Primaries that MediaInfo calls by name (ITU-R BT.709, BT.2020; SMPTE RP 431-2, EG 432-1), all with a white point of D65. */
const displays: Readonly<Record<string, Colors>> = {
  'BT.709': { red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06], white: [...d65] },
  'BT.2020': { red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046], white: [...d65] },
  'Display P3': { red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06], white: [...d65] },
  'DCI P3': { red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06], white: [0.314, 0.351] },
};

/** What a clip says of its HDR grading; null where it says nothing. */
export function hdrOf(video: Track): HdrMetadata | null {
  const found = { mastering: masteringOf(video), light: lightOf(video), dynamic: dynamicOf(video) };
  return found.mastering || found.light || found.dynamic ? found : null;
}

function masteringOf(video: Track): MasteringDisplay | null {
  const colors = colorsOf(text(video, 'MasteringDisplay_ColorPrimaries') ?? '');
  const luminance = text(video, 'MasteringDisplay_Luminance') ?? '';
  const [, min, max] = /min: ([\d.]+) cd\/m2, max: ([\d.]+) cd\/m2/.exec(luminance) ?? [];
  return colors && Number(max) > 0 ? { ...colors, minLuminance: Number(min), maxLuminance: Number(max) } : null;
}

/** A name, or "R: x=0.680000 y=0.320000, G: …, B: …, White point: …". */
function colorsOf(said: string): Colors | undefined {
  const named = displays[said];
  if (named) return named;
  const [red, green, blue, white] = [...said.matchAll(/x=([\d.]+) y=([\d.]+)/g)].map(([, x, y]): [number, number] => [
    Number(x),
    Number(y),
  ]);
  return red && green && blue && white ? { red, green, blue, white } : undefined;
}

function lightOf(video: Track): ContentLight | null {
  const [maxCll, maxFall] = [number(video, 'MaxCLL'), number(video, 'MaxFALL')];
  if (maxCll === undefined && maxFall === undefined) return null;
  return { maxCll: Math.round(maxCll ?? 0), maxFall: Math.round(maxFall ?? 0) };
}

/** "Dolby Vision / SMPTE ST 2094 App 4": what changes with the scene is named, what stands still is not. */
function dynamicOf(video: Track): string | null {
  const formats = typeof video['HDR_Format'] === 'string' ? video['HDR_Format'].split(' / ') : [];
  const names = formats.flatMap((format) => {
    if (format.startsWith('Dolby Vision')) return ['Dolby Vision'];
    return format.startsWith('SMPTE ST 2094') ? ['HDR10+'] : [];
  });
  return [...new Set(names)].join(', ') || null;
}
