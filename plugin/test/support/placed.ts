import { cornersOf, drift } from './compositor.ts';
import { type ProfileName, profiles } from './emulator/profile.ts';
import type { ClipRecord, ProjectRecord } from './emulator/records.ts';
import { FRAME } from './scene.ts';

/** A clip that was placed, and what it lies over. */
export interface Placed {
  track: number;
  clip: ClipRecord;
  original: ClipRecord;
}

/** What has come onto the first sequence, from left to right, with what it lies over. */
export function placedClips(before: ProjectRecord, after: ProjectRecord): Placed[] {
  const known = new Set(allClips(before).map(({ uid }) => uid));
  const tracks = after.sequences[0]?.video ?? [];
  return tracks
    .flatMap((clips, track) => clips.filter(({ uid }) => !known.has(uid)).map((clip) => ({ track, clip })))
    .map(({ track, clip }) => {
      const original = tracks[0]?.find(({ start, end }) => start === clip.start && end === clip.end);
      if (!original) throw new Error(`nothing lies below ${clip.name}`);
      return { track, clip, original };
    })
    .sort((a, b) => Number(BigInt(a.clip.start) - BigInt(b.clip.start)));
}

/** Where a clip lies and what it shows: in frames of the sequence, and of the source as the result's name tells where it begins. */
export function shown({ items }: ProjectRecord, clip: ClipRecord) {
  const media = items[clip.itemId ?? '']?.media;
  const first = Number(/_(\d+)-\d+( \(\d+\))?\.mov$/.exec(media?.path ?? '')?.[1]);
  return {
    at: Number(BigInt(clip.start) / FRAME),
    length: Number((BigInt(clip.end) - BigInt(clip.start)) / FRAME),
    source: first + Number(clip.in) / Number(media?.ticksPerFrame),
  };
}

/** How far the corners of a result's picture lie from its original's, in pixels of the sequence. */
export function framingDrift(
  { items, sequences }: ProjectRecord,
  { clip, original, profile }: { clip: ClipRecord; original: ClipRecord; profile: ProfileName },
): number {
  const [sequence] = sequences;
  const [above, below] = [clip, original].map((one) => {
    const media = items[one.itemId ?? '']?.media;
    if (!media || !sequence) throw new Error('no media');
    return cornersOf(one, { media, sequence, points: profiles[profile].points });
  });
  return drift(above ?? [], below ?? []);
}

/** The project without some clips, and without tracks that only they are on. */
export function without(project: ProjectRecord, placed: readonly Placed[]): ProjectRecord {
  const gone = new Set(placed.map(({ clip }) => clip.uid));
  const sequences = project.sequences.map((sequence) => {
    const video = sequence.video.map((track) => track.filter(({ uid }) => !gone.has(uid)));
    while (video.length > 2 && video.at(-1)?.length === 0) video.pop();
    return { ...sequence, video };
  });
  return { ...project, sequences };
}

function allClips({ sequences }: ProjectRecord): ClipRecord[] {
  return sequences.flatMap(({ video, audio }) => [...video, ...audio].flat());
}
