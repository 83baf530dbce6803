import { type FrameRate, frameRate, nearestRate } from '@uprez/shared';

/** One part of MediaInfo's report: its values are texts. */
export type Track = Readonly<Record<string, unknown>>;

/** MediaInfo's report by kind of track. */
export interface Report {
  general: Track;
  video: Track | undefined;
  audio: readonly Track[];
  timecodes: readonly Track[];
  hasPictures: boolean;
}

/** Reads MediaInfo's JSON. Throws a plain Error when it isn't that. */
export function parseReport(json: string): Report {
  const { media } = JSON.parse(json) as { media?: { track?: Track[] } | null };
  const tracks = media?.track ?? [];
  const ofKind = (kind: string): Track[] => tracks.filter((track) => track['@type'] === kind);
  return {
    general: ofKind('General')[0] ?? {},
    video: ofKind('Video')[0],
    audio: ofKind('Audio'),
    timecodes: ofKind('Other').filter((track) => track['Type'] === 'Time code'),
    hasPictures: ofKind('Image').length > 0,
  };
}

/** A field; the first of several values. MediaInfo repeats values that the container says twice ("BT.709 / BT.709"). */
export function text(track: Track, field: string): string | undefined {
  const value = track[field];
  return typeof value === 'string' && value !== '' ? value.split(' / ')[0] : undefined;
}

/** A positive number, or undefined. */
export function number(track: Track, field: string): number | undefined {
  const value = Number(text(track, field));
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

/** Exact where MediaInfo gives a fraction, else the fraction that the rounded number means. */
export function rateOf(track: Track): FrameRate | undefined {
  const [num, den] = [number(track, 'FrameRate_Num'), number(track, 'FrameRate_Den')];
  // A thousandth is no rate of anybody's but a rounded one: 59940/1000 means 60000/1001.
  const exact = num && den && Number.isInteger(num) && Number.isInteger(den) && den !== 1000;
  if (exact) return frameRate(num, den);
  const rounded = number(track, 'FrameRate') ?? number(track, 'FrameRate_Original');
  return rounded === undefined ? undefined : nearestRate(rounded);
}

/** Pixel aspects that cameras and standards use, for MediaInfo's three decimals. */
const aspects: readonly (readonly [number, number])[] = [
  ...([
    [1, 1],
    [4, 3],
    [3, 2],
    [2, 1],
    [1, 2],
    [3, 4],
  ] as const), // anamorphic lenses and HDV
  ...([
    [12, 11],
    [16, 11],
    [10, 11],
    [40, 33],
    [24, 11],
    [20, 11],
    [32, 11],
    [80, 33],
    [18, 11],
    [15, 11],
  ] as const), // H.264, table E-1
  ...([
    [64, 33],
    [160, 99],
    [16, 15],
    [64, 45],
    [8, 9],
    [32, 27],
    [59, 54],
    [118, 81],
    [768, 702],
  ] as const), // DV and D1
];

/** The fraction nearest to a rounded pixel aspect. */
export function aspectOf(rounded: number | undefined): { num: number; den: number } {
  const value = rounded ?? 1;
  const [num, den] = aspects.find(([num, den]) => Math.abs(num / den - value) < 0.0006) ?? [
    Math.round(value * 1000),
    1000,
  ];
  return num > 0 ? frameRate(num, den) : { num: 1, den: 1 };
}
