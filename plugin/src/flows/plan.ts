import { type FrameRange, type FrameRate, type Media, type NewTask, sameRate } from '@uprez/shared';
import type { DeliveryMode, SelectedClip, Selection, Target } from '../host/host.ts';
import type { HostReference } from './reference.ts';

/** What the user wants done with the selected clips. */
export interface Wish {
  /** Model, backend, scale and whatever else a task has besides its source and range. */
  task: Omit<NewTask, 'source' | 'range' | 'frameRate' | 'handles' | 'audio'>;
  /** Frames before and after each range, for later trimming. */
  handles: number;
  mode: DeliveryMode;
  disableOriginal: boolean;
  /** Clips that can't be placed: leave them out, or do the first thing that is offered instead. */
  refused: 'skip' | 'alternative';
}

/** A job as it would be queued now, and the clips it is for. */
export interface PlannedJob {
  task: NewTask;
  host: HostReference;
  clips: readonly SelectedClip[];
}

/** One clip's part of its source, before parts of one source are merged. */
interface Use {
  clip: SelectedClip;
  path: string;
  range: FrameRange;
  mode: DeliveryMode;
}

/**
 * Jobs for the selected clips: one for each part of each source that is used, however often. `media` holds what the
 * daemon's probe says of the files. Pure.
 */
export function planJobs(selection: Selection, wish: Wish, media: ReadonlyMap<string, Media>): PlannedJob[] {
  const { project } = selection;
  if (!project) return [];
  const uses = selection.clips.flatMap((clip) => useOf(clip, wish));
  return [...groups(uses).values()].flatMap((group) =>
    merged(group, wish.handles).map((part) => {
      const [{ path }] = part.uses;
      return {
        task: taskOf(part, wish, media.get(path)),
        host: { ...referenceOf(part, wish, media.get(path)), project, targets: targetsOf(part, selection) },
        clips: part.uses.map(({ clip }) => clip),
      };
    }),
  );
}

function taskOf({ uses: [first], range }: Part, { task, handles }: Wish, file: Media | undefined): NewTask {
  return {
    ...task,
    source: first.path,
    range,
    handles: first.mode === 'relink' ? 0 : handles,
    // Uneven timing is evened out at the rate at which the host counts the file's frames.
    frameRate: file?.timing === 'variable' ? first.clip.frameRate : null,
    // What lies above its original leaves the sound to it.
    audio: first.mode === 'above' ? 'none' : 'keep',
  };
}

function referenceOf(
  { uses }: Part,
  { disableOriginal }: Wish,
  file: Media | undefined,
): Omit<HostReference, 'project' | 'targets'> {
  const [{ mode, clip }] = uses;
  const played = clip.frameRate;
  const otherRate = played && file?.timing === 'constant' && !sameRate(played, file.frameRate) ? played : null;
  return {
    program: 'premiere',
    mode,
    // What is transparent in places would show twice, one over the other.
    disableOriginal: disableOriginal || file?.alpha === true,
    itemIds: [...new Set(uses.map((use) => use.clip.itemId))],
    interpretedRate: otherRate,
  };
}

/** Files that have to be probed before jobs can be planned. */
export function sourcesOf({ clips }: Selection, wish: Pick<Wish, 'refused' | 'mode'>): string[] {
  return [...new Set(clips.flatMap((clip) => useOf(clip, wish)).map(({ path }) => path))];
}

function useOf(clip: SelectedClip, { refused, mode }: Pick<Wish, 'refused' | 'mode'>): Use[] {
  const path = clip.mediaPath;
  if (path === null) return [];
  const whole: FrameRange = { from: 0, to: null };
  if (!clip.refusal) {
    const placed = clip.place ? mode : 'bin';
    if (mode === 'relink') return [{ clip, path, range: whole, mode }];
    return [{ clip, path, range: clip.range, mode: placed }];
  }
  const [alternative] = refused === 'alternative' ? clip.alternatives : [];
  if (!alternative) return [];
  return [{ clip, path, range: alternative === 'whole-file' ? whole : clip.range, mode: 'bin' }];
}

function targetsOf({ uses }: Part, { sequence }: Selection): Target[] {
  return uses.flatMap(({ clip: { place, key, name, itemId } }) =>
    place && sequence ? [{ ...place, key, name, itemId, sequenceId: sequence.id }] : [],
  );
}

/** Only what is one file at one rate for one purpose can be one job. */
function groups(uses: readonly Use[]): Map<string, Use[]> {
  const found = new Map<string, Use[]>();
  for (const use of uses) {
    const key = JSON.stringify([use.path, rateKey(use.clip.frameRate), use.mode]);
    found.set(key, [...(found.get(key) ?? []), use]);
  }
  return found;
}

function rateKey(rate: FrameRate | null): string {
  return rate ? `${rate.num}/${rate.den}` : '';
}

interface Part {
  range: FrameRange;
  uses: [Use, ...Use[]];
}

/** Ranges that overlap or touch, handles included, become one. */
function merged(uses: readonly Use[], handles: number): Part[] {
  const parts: Part[] = [];
  for (const use of [...uses].sort((a, b) => a.range.from - b.range.from)) {
    const last = parts.at(-1);
    if (last && use.range.from - handles <= endOf(last.range) + handles) {
      last.range = { from: last.range.from, to: later(last.range.to, use.range.to) };
      last.uses.push(use);
    } else parts.push({ range: use.range, uses: [use] });
  }
  return parts;
}

function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}

function endOf({ to }: FrameRange): number {
  return to ?? Number.POSITIVE_INFINITY;
}
