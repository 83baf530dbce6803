import { vi } from 'vitest';
import { Chance } from '../../../daemon/test/support/chance.ts';
import type { Delivery, Host, SelectedClip } from '../../src/host/host.ts';
import { type Corner, cornersOf } from './compositor.ts';
import { createPremierepro } from './emulator/premierepro.ts';
import { type ProfileName, profiles } from './emulator/profile.ts';
import type { ClipRecord, ItemRecord, MediaRecord, ProjectRecord, SequenceRecord, Value } from './emulator/records.ts';
import { Stage } from './emulator/stage.ts';
import { clipOf, emptySequence, itemOf, projectOf } from './scene.ts';

/** Files of the desk's world: a source at 25 frames a second, and what came of frames 5 to 30 of it. */
export const source: MediaRecord = {
  path: '/media/beach.mov',
  width: 192,
  height: 108,
  frames: 100,
  rate: 25,
  ticksPerFrame: '10160640000',
  start: '9144576000000000',
  hasAudio: true,
};
export const result: MediaRecord = {
  ...source,
  path: '/media/beach_2x.mov',
  width: 384,
  height: 216,
  frames: 25,
  hasAudio: false,
};
export const wholeResult: MediaRecord = { ...result, path: '/media/beach_all.mov', frames: 100, hasAudio: true };
const files = new Map([source, result, wholeResult].map((file) => [file.path, file]));

/** The host's code of the panel on an emulated Premiere, without a page and without a daemon. */
export class Desk {
  readonly stage: Stage;
  readonly host: Host;
  readonly profile: ProfileName;

  private constructor(profile: ProfileName, stage: Stage, host: Host) {
    this.profile = profile;
    this.stage = stage;
    this.host = host;
  }

  /** With a project `film` whose sequence `cut` has two tracks and nothing on them, and the item `beach`. */
  static async open(profile: ProfileName, seed = 1): Promise<Desk> {
    const stage = new Stage(profiles[profile], new Chance(seed), (path) => Promise.resolve(files.get(path) ?? null));
    stage.mischief.importDelay = [1, 20];
    stage.projects.push(projectOf('film', [itemOf('beach', source)], [emptySequence('cut', 2)]));
    stage.active = 'film';
    stage.activeSequence = 'cut';
    vi.resetModules();
    // The door through which Adobe's modules come in: outside of Premiere there is nothing behind it.
    vi.doMock('../../src/host/premiere-modules.ts', () => ({
      ppro: createPremierepro(stage),
      uxp: { host: { version: stage.profile.version } },
      fs: {},
      os: {},
      themedDocument: {},
    }));
    const { premiereHost } = await import('../../src/host/premiere.ts');
    return new Desk(profile, stage, premiereHost(memory()));
  }

  get project(): ProjectRecord {
    return this.stage.project('film');
  }

  get sequence(): SequenceRecord {
    return this.stage.sequence('cut');
  }

  /** Lays a clip on a track. */
  lay(uid: string, place: { track?: number; at: number; length: number; from: number }, more: More = {}): ClipRecord {
    const item = more.item ?? this.project.items['beach'];
    if (!item) throw new Error('no item');
    this.project.items[item.id] ??= item;
    const { points } = this.stage.profile;
    const clip = clipOf(this.sequence, {
      uid,
      item,
      points,
      ...place,
      motion: more.motion ?? {},
      change: more.change ?? {},
    });
    (this.sequence.video[place.track ?? 0] ??= []).push(clip);
    return clip;
  }

  async select(...uids: string[]): Promise<readonly SelectedClip[]> {
    this.stage.selected = uids;
    this.stage.emit('selectionChanged', 'cut', {});
    await vi.waitFor(() => {
      if (this.host.selection.get().clips.length !== uids.length) throw new Error('not selected yet');
    });
    return this.host.selection.get().clips;
  }

  /** The result of frames 5 to 30 for clips as they lie now. */
  delivery(clips: readonly ClipRecord[], change: Partial<Delivery> = {}): Delivery {
    return {
      jobId: 'job',
      again: false,
      mode: 'above',
      disableOriginal: false,
      project: { id: 'film', name: 'film', path: '/projects/film.prproj' },
      itemIds: ['beach'],
      sourcePath: source.path,
      interpretedRate: null,
      targets: clips.map((clip) => ({
        key: clip.uid,
        name: clip.name,
        sequenceId: 'cut',
        itemId: clip.itemId ?? '',
        track: this.sequence.video.findIndex((track) => track.includes(clip)),
        start: clip.start,
        end: clip.end,
        in: clip.in,
        out: clip.out,
      })),
      result: { path: result.path, firstFrame: 5, frames: 25, frameRate: { num: 25, den: 1 }, enlargement: 2 },
      ...change,
    };
  }

  /** Where a clip of `beach` shows its picture. */
  cornersOf(clip: ClipRecord): Corner[] {
    const media = this.project.items['beach']?.media ?? source;
    return cornersOf(clip, { media, sequence: this.sequence, points: this.stage.profile.points });
  }

  /** What lies on a track, in frames: where, how long, from which frame of its item. */
  track(index: number): { of: string; at: number; length: number; from: number }[] {
    const frames = (ticks: bigint): number => Number(ticks) / 10_160_640_000;
    return (this.sequence.video[index] ?? []).map(({ name, start, end, in: from }) => ({
      of: name,
      at: frames(BigInt(start)),
      length: frames(BigInt(end) - BigInt(start)),
      from: frames(BigInt(from)),
    }));
  }

  /** Items in the bin of results. */
  results(): ItemRecord[] {
    const items = Object.values(this.project.items);
    const bin = items.find(({ name, kind }) => name === 'Uprez' && kind === 'bin');
    return items.filter(({ parent }) => bin !== undefined && parent === bin.id);
  }
}

interface More {
  item?: ItemRecord;
  motion?: Record<number, Value>;
  change?: Partial<ClipRecord>;
}

function memory() {
  const entries = new Map<string, string>();
  return {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
  };
}
