import type {
  AudioTrack,
  ProjectItem,
  RectF,
  Sequence,
  SequenceEditor,
  TrackItemSelection,
  VideoClipTrackItem,
  VideoTrack,
} from '@adobe/premierepro';
import { overwrite } from './editing.ts';
import { chainOf } from './effects.ts';
import { itemIdOf, projectItem } from './items.ts';
import type { ClipRecord } from './records.ts';
import { must, type Stage, VOID } from './stage.ts';
import { guid, tickTime } from './times.ts';

const clips = new WeakMap<object, string>();
const sequences = new WeakMap<object, string>();

export function sequenceOf(stage: Stage, id: string): Sequence {
  const { name } = stage.sequence(id);
  const sequence: Pick<
    Sequence,
    | 'clearSelection'
    | 'getEndTime'
    | 'getFrameSize'
    | 'getSelection'
    | 'getTimebase'
    | 'getVideoTrack'
    | 'getVideoTrackCount'
    | 'getAudioTrackCount'
    | 'getAudioTrack'
    | 'guid'
    | 'name'
    | 'setSelection'
  > = {
    guid: guid(id),
    name,
    getFrameSize: () => stage.thread.answer(() => stage.sequence(id) as unknown as RectF),
    getTimebase: () => stage.thread.answer(() => stage.sequence(id).ticksPerFrame),
    getVideoTrackCount: () => stage.thread.answer(() => stage.sequence(id).video.length),
    getAudioTrackCount: () => stage.thread.answer(() => stage.sequence(id).audio.length),
    getVideoTrack: (trackIndex) => stage.thread.answer(() => videoTrack(stage, id, trackIndex)),
    getAudioTrack: (trackIndex) =>
      stage.thread.answer(() => videoTrack(stage, id, trackIndex) as unknown as AudioTrack),
    getEndTime: () =>
      stage.thread.answer(() => {
        const ends = stage
          .sequence(id)
          .video.flat()
          .map(({ end }) => BigInt(end));
        return tickTime(ends.reduce((a, b) => (a > b ? a : b), 0n));
      }),
    getSelection: () => stage.thread.answer(() => selectionOf(stage, stage.selected)),
    clearSelection: () =>
      stage.thread.answer(() => {
        stage.selected = [];
        return true;
      }),
    setSelection: (_trackItemSelection) =>
      stage.profile.selection === 'promise' ? (Promise.resolve(true) as unknown as boolean) : true,
  };
  sequences.set(sequence, id);
  return sequence as Sequence;
}

function videoTrack(stage: Stage, sequence: string, index: number): VideoTrack {
  must(stage.sequence(sequence).video[index]);
  const track: Pick<VideoTrack, 'getTrackItems' | 'getIndex' | 'id' | 'name'> = {
    name: `V${index + 1}`,
    id: index,
    getIndex: () => stage.thread.answer(() => index),
    getTrackItems: (_trackItemType, _includeEmptyTrackItems) =>
      must(stage.sequence(sequence).video[index]).map(({ uid }) => trackItem(stage, uid)),
  };
  return track as VideoTrack;
}

/** A new object each time, void as soon as the timeline is rebuilt. */
export function trackItem(stage: Stage, uid: string): VideoClipTrackItem {
  const { generation } = stage;
  const alive = (): ClipRecord => {
    if (stage.generation !== generation) throw new Error(VOID);
    return stage.clip(uid);
  };
  const answer = <T>(read: (clip: ClipRecord) => T): Promise<T> => stage.thread.answer(() => read(alive()));
  const time = (side: 'start' | 'end' | 'in' | 'out') => () => answer((clip) => tickTime(clip[side]));
  const item: Pick<
    VideoClipTrackItem,
    | 'createSetDisabledAction'
    | 'getComponentChain'
    | 'getDuration'
    | 'getEndTime'
    | 'getInPoint'
    | 'getName'
    | 'getOutPoint'
    | 'getProjectItem'
    | 'getSpeed'
    | 'getStartTime'
    | 'getTrackIndex'
    | 'isAdjustmentLayer'
    | 'isDisabled'
    | 'isSpeedReversed'
  > = {
    getName: () => answer(({ name }) => name),
    getTrackIndex: () => answer(() => trackOf(stage, uid)),
    getStartTime: time('start'),
    getEndTime: time('end'),
    getInPoint: time('in'),
    getOutPoint: time('out'),
    getDuration: () => answer(({ start, end }) => tickTime(BigInt(end) - BigInt(start))),
    getSpeed: () => answer(({ speed }) => speed),
    isSpeedReversed: () => answer(({ reversed }) => Number(reversed)),
    isAdjustmentLayer: () => answer(({ adjustment }) => adjustment),
    isDisabled: () => answer(({ disabled }) => disabled),
    getProjectItem: () =>
      answer(({ itemId }) => (itemId === null ? (null as unknown as ProjectItem) : projectItem(stage, itemId, true))),
    getComponentChain: () => answer(() => chainOf(stage, uid)),
    createSetDisabledAction(disabled) {
      alive();
      return stage.action(() => void (stage.clip(uid).disabled = disabled));
    },
  };
  clips.set(item, uid);
  // Clips with sound only have no transitions of pictures.
  const isVideo = stage.projects.some(({ sequences: all }) =>
    all.some(({ video }) => video.flat().some((clip) => clip.uid === uid)),
  );
  return Object.assign(
    item,
    isVideo && { createAddVideoTransitionAction: () => ({}) },
  ) as unknown as VideoClipTrackItem;
}

function trackOf(stage: Stage, uid: string): number {
  const has = (track: readonly ClipRecord[]): boolean => track.some((clip) => clip.uid === uid);
  for (const { video, audio } of stage.projects.flatMap(({ sequences: all }) => all)) {
    const index = video.findIndex(has);
    if (index !== -1) return index;
    if (audio.some(has)) return audio.findIndex(has);
  }
  throw new Error(VOID);
}

export function selectionOf(stage: Stage, uids: readonly string[]): TrackItemSelection {
  const chosen = [...uids];
  const selection: TrackItemSelection = {
    addItem(item, _skipDuplicateCheck) {
      chosen.push(must(clips.get(item)));
      return true;
    },
    removeItem: (item) => chosen.splice(chosen.indexOf(must(clips.get(item))), 1).length === 1,
    getTrackItems: () => stage.thread.answer(() => chosen.map((uid) => trackItem(stage, uid))),
  };
  uidsOf.set(selection, chosen);
  return selection;
}

const uidsOf = new WeakMap<TrackItemSelection, string[]>();

export function editorOf(stage: Stage, sequenceObject: Sequence): SequenceEditor {
  const id = must(sequences.get(sequenceObject));
  const editor: Pick<SequenceEditor, 'createOverwriteItemAction' | 'createRemoveItemsAction'> = {
    createOverwriteItemAction(projectItemGiven, time, videoTrackIndex, audioTrackIndex) {
      const itemId = must(itemIdOf(projectItemGiven) ?? undefined);
      return stage.action(() =>
        overwrite(stage, stage.sequence(id), {
          item: stage.item(itemId),
          time: BigInt(time.ticks),
          video: videoTrackIndex,
          audio: audioTrackIndex,
        }),
      );
    },
    createRemoveItemsAction(trackItemSelection, ripple, _mediaType, _shiftOverLapping) {
      const chosen = must(uidsOf.get(trackItemSelection));
      return stage.action(() => {
        if (ripple) throw new Error('rippling is not emulated');
        const sequence = stage.sequence(id);
        sequence.video = sequence.video.map((track) => track.filter(({ uid }) => !chosen.includes(uid)));
        stage.rebuilt();
      });
    },
  };
  return editor as SequenceEditor;
}
