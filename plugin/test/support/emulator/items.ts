import type {
  Action,
  ClipProjectItem,
  FolderItem,
  FootageInterpretation,
  Media,
  ProjectItem,
  TickTime,
} from '@adobe/premierepro';
import type { ItemRecord } from './records.ts';
import { must, type Stage } from './stage.ts';
import { tickTime } from './times.ts';

const ids = new WeakMap<object, string | null>();

/** The root has no id of its own. */
export function itemIdOf(item: object): string | null {
  return must(ids.get(item));
}

/** A new object each time: they can't be compared. `bare` is what lists hand out in some versions. */
export function projectItem(stage: Stage, id: string, bare = false): ProjectItem {
  const { name, kind } = stage.item(id);
  const item: Pick<ProjectItem, 'name' | 'type' | 'createSetColorLabelAction' | 'getColorLabelIndex'> = {
    name,
    type: kind === 'bin' ? 2 : 1,
    getColorLabelIndex: () => stage.thread.answer(() => stage.item(id).label),
    createSetColorLabelAction: (inColorLabelIndex) => labelAction(stage, id, inColorLabelIndex),
  };
  ids.set(item, id);
  if (bare && stage.profile.bareItems) return item as ProjectItem;
  // A promise where the types promise a text.
  const getId = (): string => (stage.profile.bareItems ? (Promise.resolve(id) as unknown as string) : id);
  return Object.assign(item, { getId, getParentBin: () => folderItem(stage, stage.item(id).parent) }) as ProjectItem;
}

export function folderItem(stage: Stage, id: string | null, project = stage.active ?? ''): FolderItem {
  const record = (): string => (id === null ? project : stage.ownerOf(id).guid);
  const folder: Pick<FolderItem, 'name' | 'getItems' | 'createBinAction'> = {
    name: id === null ? 'root' : stage.item(id).name,
    getItems: () =>
      stage.thread.answer(() =>
        Object.values(stage.project(record()).items)
          .filter(({ parent }) => parent === id)
          .map((item) => projectItem(stage, item.id, true)),
      ),
    createBinAction: (name, _makeUnique) =>
      stage.action(() => {
        const bin = blankItem(stage.id('item'), name, id);
        stage.project(record()).items[bin.id] = bin;
      }),
  };
  ids.set(folder, id);
  return folder as FolderItem;
}

export function clipItem(stage: Stage, id: string): ClipProjectItem {
  const answer = <T>(read: (item: ItemRecord) => T): Promise<T> => stage.thread.answer(() => read(stage.item(id)));
  const base = (): bigint => (stage.profile.marksFrom === 'timecode' ? BigInt(stage.item(id).media?.start ?? '0') : 0n);
  const point =
    (side: 'in' | 'out') =>
    (_mediaType: unknown): Promise<TickTime> =>
      answer(({ marked, media }) => {
        const whole = side === 'in' ? 0n : BigInt(media?.frames ?? 0) * BigInt(media?.ticksPerFrame ?? '0');
        return tickTime(base() + (marked ? BigInt(marked[side]) : whole));
      });
  const clip: Pick<
    ClipProjectItem,
    | 'canChangeMediaPath'
    | 'changeMediaFilePath'
    | 'createClearInOutPointsAction'
    | 'createSetColorLabelAction'
    | 'createSetFootageInterpretationAction'
    | 'createSetInOutPointsAction'
    | 'getFootageInterpretation'
    | 'getInPoint'
    | 'getMedia'
    | 'getMediaFilePath'
    | 'getOutPoint'
    | 'isMergedClip'
    | 'isMulticamClip'
    | 'isOffline'
    | 'isSequence'
    | 'name'
  > = {
    name: stage.item(id).name,
    getMediaFilePath: () => answer(({ media }) => media?.path ?? ''),
    isSequence: () => answer(({ nested }) => nested),
    isMulticamClip: () => answer(({ multicam }) => multicam),
    isMergedClip: () => answer(() => false),
    isOffline: () => answer(({ offline }) => offline),
    canChangeMediaPath: () => answer(({ media }) => media !== null),
    changeMediaFilePath: async (newPath, _overrideCompatibilityCheck) => {
      const media = await stage.look(newPath);
      return answer((item) => {
        if (media) item.media = media;
        return media !== null;
      });
    },
    getMedia: () => answer(({ media }) => mediaOf(stage, must(media ?? undefined))),
    getInPoint: point('in'),
    getOutPoint: point('out'),
    createSetInOutPointsAction: (inPoint, outPoint) =>
      stage.action(() => {
        const marked = { in: String(BigInt(inPoint.ticks) - base()), out: String(BigInt(outPoint.ticks) - base()) };
        if (BigInt(marked.in) < 0n || BigInt(marked.out) <= BigInt(marked.in)) throw new Error('outside of the media');
        stage.item(id).marked = marked;
      }),
    createClearInOutPointsAction: () => stage.action(() => void (stage.item(id).marked = null)),
    createSetColorLabelAction: (inColorLabelIndex) => labelAction(stage, id, inColorLabelIndex),
    getFootageInterpretation: () => answer(({ media }) => interpretation(must(media ?? undefined).rate)),
    createSetFootageInterpretationAction(footageInterpretation) {
      const rate = footageInterpretation.getFrameRate();
      return stage.action(() => {
        const media = must(stage.item(id).media ?? undefined);
        const ticks = Math.round(254_016_000_000 / rate);
        stage.item(id).media = { ...media, rate, ticksPerFrame: String(ticks) };
      });
    },
  };
  ids.set(clip, id);
  return clip as ClipProjectItem;
}

export function blankItem(id: string, name: string, parent: string | null): ItemRecord {
  return {
    id,
    name,
    parent,
    kind: 'bin',
    media: null,
    marked: null,
    label: 0,
    offline: false,
    multicam: false,
    nested: false,
    imported: false,
  };
}

/** The wrong kind is nothing in some versions and an exception in others. */
export function cast<T>(stage: Stage, item: object, kind: ItemRecord['kind'], make: (id: string) => T): T {
  const id = ids.get(item);
  if (typeof id === 'string' && stage.item(id).kind === kind) return make(id);
  if (stage.profile.castMismatch === 'throw') throw new Error('Illegal Parameter type');
  return null as unknown as T;
}

function labelAction(stage: Stage, id: string, label: number): Action {
  return stage.action(() => void (stage.item(id).label = label));
}

function interpretation(rate: number): FootageInterpretation {
  let current = rate;
  const read: Pick<FootageInterpretation, 'getFrameRate' | 'setFrameRate' | 'getPixelAspectRatio'> = {
    getFrameRate: () => current,
    setFrameRate: (frameRate) => {
      current = frameRate;
      return true;
    },
    getPixelAspectRatio: () => 1,
  };
  return read as FootageInterpretation;
}

function mediaOf(stage: Stage, { start, frames, ticksPerFrame }: NonNullable<ItemRecord['media']>): Media {
  const [from, length] = [tickTime(start), tickTime(BigInt(frames) * BigInt(ticksPerFrame))];
  if (stage.profile.mediaTimes === 'properties') return { start: from, duration: length } as Media;
  return { getStart: () => stage.thread.answer(() => from) } as unknown as Media;
}
