import { framesToTicks, parseTimecode, rateValue } from '@uprez/shared';
import { probe } from '../../../daemon/src/media/probe.ts';
import { type ClipRecord, type ItemRecord, type MediaRecord, plainComponents } from './emulator/records.ts';
import type { ProjectRecord, SequenceRecord, Value } from './emulator/records.ts';
import type { Profile } from './emulator/profile.ts';

/** A frame of a sequence at 25 frames a second, in ticks. */
export const FRAME = 10_160_640_000n;

/** What Premiere would know of a file after importing it. */
export async function mediaRecord(path: string): Promise<MediaRecord> {
  const { frameRate, timecode, width, height, frameCount, audio } = await probe(path, { maxFileBytes: 1e9 });
  return {
    path,
    width,
    height,
    frames: frameCount,
    rate: Math.round(rateValue(frameRate) * 1000) / 1000,
    ticksPerFrame: String(framesToTicks(1, frameRate)),
    start: String(timecode ? framesToTicks(parseTimecode(timecode.text, frameRate), frameRate) : 0n),
    hasAudio: audio.length > 0,
  };
}

export function itemOf(id: string, media: MediaRecord | null, change: Partial<ItemRecord> = {}): ItemRecord {
  const name = media ? media.path.slice(media.path.lastIndexOf('/') + 1) : id;
  return {
    id,
    name,
    parent: null,
    kind: 'clip',
    media,
    marked: null,
    label: 0,
    offline: false,
    multicam: false,
    nested: false,
    imported: false,
    ...change,
  };
}

export function emptySequence(guid: string, tracks: number): SequenceRecord {
  const rows = (): ClipRecord[][] => Array.from({ length: tracks }, () => []);
  return { guid, name: guid, width: 320, height: 180, ticksPerFrame: String(FRAME), video: rows(), audio: rows() };
}

export interface Use {
  uid: string;
  item: ItemRecord;
  /** In frames of the sequence. */
  at: number;
  length: number;
  /** First frame of the source. */
  from: number;
  points: Profile['points'];
  /** Parameters of Motion by index; points in parts of their picture. */
  motion?: Record<number, Value>;
  change?: Partial<ClipRecord>;
}

/** A clip on a sequence, with picture alone. */
export function clipOf(sequence: SequenceRecord, use: Use): ClipRecord {
  const { uid, item, at, length, from, points, motion = {}, change } = use;
  const media = item.media ?? { path: '', width: 320, height: 180, ticksPerFrame: String(FRAME) };
  const start = BigInt(at) * FRAME;
  const inPoint = BigInt(from) * BigInt(media.ticksPerFrame);
  const components = plainComponents(media as MediaRecord, sequence, points);
  const moved = components.find(({ match }) => match === 'AE.ADBE Motion');
  const sizes = { 0: sequence, 5: media };
  for (const [index, value] of Object.entries(motion)) {
    const parameter = moved?.parameters[Number(index)];
    const size = sizes[Number(index) as keyof typeof sizes];
    if (parameter) parameter.value = size && points === 'pixels' ? inPixels(value, size) : value;
  }
  return {
    uid,
    name: item.name,
    itemId: item.media || item.nested ? item.id : null,
    start: String(start),
    end: String(start + BigInt(length) * FRAME),
    in: String(inPoint),
    out: String(inPoint + BigInt(length) * FRAME),
    disabled: false,
    speed: 1,
    reversed: false,
    adjustment: false,
    components,
    ...change,
  };
}

export function projectOf(
  guid: string,
  items: readonly ItemRecord[],
  sequences: readonly SequenceRecord[],
): ProjectRecord {
  return {
    guid,
    name: guid,
    path: `/projects/${guid}.prproj`,
    items: Object.fromEntries(items.map((item) => [item.id, item])),
    sequences: [...sequences],
    properties: {},
  };
}

function inPixels(value: Value, { width, height }: { width: number; height: number }): Value {
  return typeof value === 'object' ? { x: value.x * width, y: value.y * height } : value;
}
