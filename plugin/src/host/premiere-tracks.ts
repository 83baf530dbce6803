import type { Sequence, VideoClipTrackItem } from '@adobe/premierepro';
import { ask } from './premiere-guard.ts';
import { asClip, idOf } from './premiere-items.ts';
import { ppro } from './premiere-modules.ts';

/** A clip on a timeline, in ticks. */
export interface TrackClip {
  readonly track: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly in: bigint;
  readonly out: bigint;
}

/** One with the host's own object, which is void after the next change of the timeline: never keep it. */
export interface LiveClip extends TrackClip {
  readonly item: VideoClipTrackItem;
  /** '' where no project item is behind it. */
  readonly itemId: string;
  readonly disabled: boolean;
}

export async function readTrackClip(item: VideoClipTrackItem): Promise<TrackClip> {
  const [track, start, end, inPoint, outPoint] = await ask('read a clip on the timeline', () =>
    Promise.all([item.getTrackIndex(), item.getStartTime(), item.getEndTime(), item.getInPoint(), item.getOutPoint()]),
  );
  return {
    track,
    start: BigInt(start.ticks),
    end: BigInt(end.ticks),
    in: BigInt(inPoint.ticks),
    out: BigInt(outPoint.ticks),
  };
}

/** All clips of all video tracks, as they are now; the track's number is the index. */
export async function readVideoTracks(sequence: Sequence): Promise<LiveClip[][]> {
  const count = await ask('count the tracks', () => sequence.getVideoTrackCount());
  return Promise.all(Array.from({ length: count }, (_, index) => readVideoTrack(sequence, index)));
}

async function readVideoTrack(sequence: Sequence, index: number): Promise<LiveClip[]> {
  const items = await ask('read a track', async () =>
    (await sequence.getVideoTrack(index)).getTrackItems(ppro.Constants.TrackItemType.CLIP, false),
  );
  return Promise.all(items.map((item) => readLiveClip(item, index)));
}

async function readLiveClip(item: VideoClipTrackItem, track: number): Promise<LiveClip> {
  const [clip, disabled, projectItem] = await ask('read a clip on the timeline', () =>
    Promise.all([readTrackClip(item), item.isDisabled(), item.getProjectItem()]),
  );
  const source = await asClip(projectItem);
  return { ...clip, track, item, disabled, itemId: source ? await idOf(source) : '' };
}
