import { type ClipRecord, type ItemRecord, plainComponents, type SequenceRecord } from './records.ts';
import { must, type Stage } from './stage.ts';
import { snap } from './times.ts';

/** Lays a whole item, or its marked part, over whatever is there. */
export function overwrite(
  stage: Stage,
  sequence: SequenceRecord,
  { item, time, video, audio }: { item: ItemRecord; time: bigint; video: number; audio: number },
): void {
  if (stage.mischief.lockedTracks.includes(video)) return;
  if (video > sequence.video.length || audio > sequence.audio.length) throw new Error('no such track');
  if (video === sequence.video.length && stage.mischief.noNewTracks) return;
  const track = sequence.video[video] ?? [];
  sequence.video[video] = laidOver(stage, track, newClip(stage, sequence, { item, time }));
  if (item.media?.hasAudio)
    sequence.audio[audio] = laidOver(stage, sequence.audio[audio] ?? [], newClip(stage, sequence, { item, time }));
  stage.rebuilt();
}

function newClip(
  stage: Stage,
  sequence: SequenceRecord,
  { item, time }: { item: ItemRecord; time: bigint },
): ClipRecord {
  const media = must(item.media ?? undefined);
  const frame = BigInt(sequence.ticksPerFrame);
  const whole = { in: '0', out: String(BigInt(media.frames) * BigInt(media.ticksPerFrame)) };
  const marks = item.marked ?? whole;
  const start = snap(time, frame);
  return {
    ...marks,
    uid: stage.id('clip'),
    name: item.name,
    itemId: item.id,
    start: String(start),
    end: String(snap(start + BigInt(marks.out) - BigInt(marks.in), frame)),
    disabled: false,
    speed: 1,
    reversed: false,
    adjustment: false,
    components: plainComponents(media, sequence, stage.profile.points),
  };
}

/** What lies under a new clip is cut off, cut in two or gone. */
function laidOver(stage: Stage, track: readonly ClipRecord[], clip: ClipRecord): ClipRecord[] {
  const kept = track.flatMap((other) => remains(stage, other, clip));
  return [...kept, clip].sort((a, b) => (BigInt(a.start) < BigInt(b.start) ? -1 : 1));
}

function remains(stage: Stage, other: ClipRecord, { start, end }: ClipRecord): ClipRecord[] {
  const pieces: ClipRecord[] = [];
  if (BigInt(other.start) < BigInt(start)) pieces.push(part(other, other.start, smaller(other.end, start)));
  if (BigInt(other.end) > BigInt(end))
    pieces.push({
      ...part(other, larger(other.start, end), other.end),
      ...(pieces.length > 0 && { uid: stage.id('clip') }),
    });
  return pieces;
}

/** The part of a clip between two times of the sequence. */
export function part(clip: ClipRecord, start: string, end: string): ClipRecord {
  const offset = BigInt(clip.in) - BigInt(clip.start);
  return { ...clip, start, end, in: String(BigInt(start) + offset), out: String(BigInt(end) + offset) };
}

function smaller(a: string, b: string): string {
  return BigInt(a) < BigInt(b) ? a : b;
}

function larger(a: string, b: string): string {
  return BigInt(a) > BigInt(b) ? a : b;
}
