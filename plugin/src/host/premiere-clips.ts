import type { ClipProjectItem, ProjectItem, VideoClipTrackItem } from '@adobe/premierepro';
import { AppError, type ErrorCode, type FrameRate, toWire } from '@uprez/shared';
import type { Alternative, SelectedClip } from './host.ts';
import { asClip, idOf, pathOf } from './premiere-items.ts';
import { animatedParameter, TIME } from './premiere-motion.ts';
import { ask, askMaybe } from './premiere-guard.ts';
import { type TrackClip, readTrackClip } from './premiere-tracks.ts';
import { exactRate, frameTicks, framesBetween } from './rates.ts';

/** What the host knows of a project item. */
export interface ItemFacts {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly rate: FrameRate | null;
  readonly nested: boolean;
  readonly multicam: boolean;
  readonly merged: boolean;
  readonly offline: boolean;
}

/** Facts of items that are met more than once in one reading are asked for once. */
export type FactsOfItems = Map<string, Promise<ItemFacts>>;

/** A title or generator: nothing in the project is behind it. */
const nothing: Pick<ItemFacts, 'id' | 'path' | 'rate'> = { id: '', path: '', rate: null };

const stills = /\.(png|jpe?g|tiff?|psd|bmp|gif|exr|dpx|webp|heic|tga|ai|eps|svg)$/i;
const sounds = /\.(wav|mp3|aiff?|aac|m4a|flac|ogg|opus)$/i;
const programs = /\.(prproj|aep|aepx|mogrt|aegraphic|prtl)$/i;

/** A selected clip of a timeline, with what speaks against upscaling it. */
export async function readSelectedClip(item: VideoClipTrackItem, known: FactsOfItems): Promise<SelectedClip> {
  const [name, clip, projectItem] = await ask('read a selected clip', () =>
    Promise.all([item.getName(), readTrackClip(item), item.getProjectItem()]),
  );
  const facts = await askMaybe(() => factsOf(projectItem, known));
  const [adjustment, speed, reversed, animated] = await ask('read a selected clip', () =>
    Promise.all([item.isAdjustmentLayer(), item.getSpeed(), item.isSpeedReversed(), animatedParameter(item)]),
  );
  const { track, start, end } = clip;
  const { id, path, rate } = facts ?? nothing;
  const motion = { speed, reversed: Boolean(reversed), animated };
  const verdict = adjustment ? refuse('host.adjustment') : (itemVerdict(facts) ?? timeVerdict(clip, rate, motion));
  return {
    key: [id, track, start, clip.in, clip.out].join(':'),
    name,
    itemId: id,
    mediaPath: path || null,
    frameRate: rate,
    range: rate ? framesBetween(clip.in, clip.out, rate) : { from: 0, to: null },
    place: { track, start: String(start), end: String(end), in: String(clip.in), out: String(clip.out) },
    ...spoken(verdict, name),
  };
}

/** A selected item of a bin: the whole file. Undefined for bins. */
export async function readBinClip(item: ProjectItem, known: FactsOfItems): Promise<SelectedClip | undefined> {
  const facts = await askMaybe(() => factsOf(item, known));
  if (!facts) return undefined;
  return {
    key: facts.id,
    name: facts.name,
    itemId: facts.id,
    mediaPath: facts.path || null,
    frameRate: facts.rate,
    range: { from: 0, to: null },
    place: null,
    ...spoken(itemVerdict(facts), facts.name),
  };
}

interface Verdict {
  code: ErrorCode;
  alternatives: readonly Alternative[];
  what?: string;
}

function refuse(code: ErrorCode, ...alternatives: Alternative[]): Verdict {
  return { code, alternatives };
}

function itemVerdict(facts: ItemFacts | undefined): Verdict | undefined {
  if (!facts) return refuse('host.no-file');
  const { nested, multicam, offline, merged, path, rate } = facts;
  const reasons: [ErrorCode, boolean, ...Alternative[]][] = [
    ['host.nested', nested],
    ['host.multicam', multicam],
    ['host.offline', offline],
    ['host.no-file', path === '' || programs.test(path)],
    ['host.still', stills.test(path)],
    ['host.no-video', sounds.test(path)],
    ['host.merged', merged, 'whole-file'],
    ['host.unreadable', rate === null],
  ];
  const [code, , ...alternatives] = reasons.find(([, holds]) => holds) ?? [];
  return code && refuse(code, ...alternatives);
}

/**
 * A clip can be placed over itself only where each frame of it is one frame of the file in the file's order. Ramps don't
 * show in the one number that the host gives as speed, but in lengths that differ.
 */
function timeVerdict(
  clip: TrackClip,
  rate: FrameRate | null,
  motion: { speed: number; reversed: boolean; animated: string | undefined },
): Verdict | undefined {
  if (motion.reversed) return refuse('host.reversed', 'whole-file');
  const difference = clip.out - clip.in - (clip.end - clip.start);
  const frame = rate ? frameTicks(rate) : 0n;
  if (motion.speed !== 1 || difference > frame || -difference > frame) return refuse('host.retimed', 'whole-file');
  if (motion.animated === TIME) return refuse('host.retimed', 'whole-file');
  if (motion.animated === undefined) return undefined;
  return { code: 'host.animated', alternatives: ['bin-only'], what: motion.animated };
}

function spoken(verdict: Verdict | undefined, clip: string): Pick<SelectedClip, 'refusal' | 'alternatives'> {
  if (!verdict) return { refusal: null, alternatives: [] };
  const facts = verdict.what === undefined ? { clip } : { clip, what: verdict.what };
  return { refusal: toWire(new AppError(verdict.code, facts)), alternatives: verdict.alternatives };
}

async function factsOf(item: ProjectItem, known: FactsOfItems): Promise<ItemFacts | undefined> {
  const clip = await asClip(item);
  if (!clip) return undefined;
  const id = await idOf(clip);
  const facts = known.get(id) ?? readFacts(id, clip);
  known.set(id, facts);
  return facts;
}

async function readFacts(id: string, clip: ClipProjectItem): Promise<ItemFacts> {
  const [path, nested, multicam, merged, offline, rate] = await Promise.all([
    pathOf(clip),
    ask('read a clip', () => clip.isSequence()),
    askMaybe(() => clip.isMulticamClip()),
    askMaybe(() => clip.isMergedClip()),
    askMaybe(() => clip.isOffline()),
    askMaybe(async () => (await clip.getFootageInterpretation()).getFrameRate()),
  ]);
  return {
    id,
    name: clip.name,
    path,
    rate: rate === undefined ? null : exactRate(rate),
    nested,
    multicam: multicam ?? false,
    merged: merged ?? false,
    offline: offline ?? false,
  };
}
