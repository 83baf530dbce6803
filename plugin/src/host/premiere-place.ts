import type { Action, ClipProjectItem, Project, Sequence } from '@adobe/premierepro';
import { AppError, framesToTicks, type FrameRate } from '@uprez/shared';
import type { Delivery, Target } from './host.ts';
import { labelAction } from './premiere-bin.ts';
import { ask, transact } from './premiere-guard.ts';
import { ppro } from './premiere-modules.ts';
import { type LiveClip, readVideoTracks } from './premiere-tracks.ts';
import { findOriginals, partOf, trackAbove } from './placement.ts';

/** A result that goes above one clip of a timeline. */
export interface Piece {
  readonly delivery: Delivery;
  readonly target: Target;
  readonly sequence: Sequence;
  readonly item: ClipProjectItem;
  readonly itemId: string;
  /** Of the original, as it lies now. */
  readonly original: { readonly track: number; readonly start: bigint; readonly end: bigint; readonly itemId: string };
  readonly track: number;
  /** In the result's own time. */
  readonly in: bigint;
  readonly out: bigint;
  /** It was there already. */
  readonly placed: boolean;
}

export interface Source {
  readonly delivery: Delivery;
  readonly item: ClipProjectItem;
  readonly itemId: string;
}

/** What goes where on one sequence, and why the rest does not. */
export interface PiecesAndRefusals {
  readonly pieces: readonly Piece[];
  readonly refusals: readonly { readonly delivery: Delivery; readonly target: Target; readonly error: AppError }[];
}

/** Decides by the timeline as it is now. `results` are the project items that came from here: they may hide each other. */
export async function planPieces(
  sequence: Sequence,
  sources: readonly Source[],
  results: ReadonlySet<string>,
): Promise<PiecesAndRefusals> {
  const tracks: LiveClip[][] = await readVideoTracks(sequence);
  const id = sequence.guid.toString();
  const wanted = sources.flatMap((source) =>
    source.delivery.targets.filter(({ sequenceId }) => sequenceId === id).map((target) => ({ source, target })),
  );
  const originals = findOriginals(
    wanted.map(({ target }) => target),
    tracks.flat(),
  );
  const pieces: Piece[] = [];
  const refusals: PiecesAndRefusals['refusals'][number][] = [];
  for (const { source, target } of wanted) {
    const { delivery } = source;
    const clips = originals.get(target.key) ?? [];
    const refuse = (code: 'host.clip-gone' | 'host.clip-outgrown' | 'host.covered'): void =>
      void refusals.push({ delivery, target, error: new AppError(code, { clip: target.name }) });
    if (clips.length === 0) refuse('host.clip-gone');
    for (const clip of clips) {
      const piece = pieceFor(clip, { ...source, target, sequence }, { tracks, results });
      if (typeof piece === 'string') refuse(piece);
      else {
        pieces.push(piece);
        reserve(tracks, piece, clip);
      }
    }
  }
  return { pieces, refusals };
}

function pieceFor(
  clip: LiveClip,
  { delivery, target, sequence, item, itemId }: Source & { target: Target; sequence: Sequence },
  { tracks, results }: { tracks: readonly (readonly LiveClip[])[]; results: ReadonlySet<string> },
): Piece | 'host.clip-outgrown' | 'host.covered' {
  const part = partOf(delivery.result, delivery.interpretedRate, clip);
  if (!part) return 'host.clip-outgrown';
  const original = { track: clip.track, start: clip.start, end: clip.end, itemId: clip.itemId };
  const piece = { delivery, target, sequence, item, itemId, original, ...part };
  const there = tracks
    .flat()
    .find((other) => other.itemId === itemId && other.start === clip.start && other.end === clip.end);
  if (there) return { ...piece, track: there.track, placed: true };
  const track = trackAbove(clip, tracks, (above) => above.disabled || results.has(above.itemId));
  return track === 'covered' ? 'host.covered' : { ...piece, track, placed: false };
}

/** What will lie there is in the way of what comes next. */
function reserve(tracks: LiveClip[][], piece: Piece, clip: LiveClip): void {
  if (piece.placed) return;
  const track = (tracks[piece.track] ??= []);
  track.push({ ...clip, track: piece.track, itemId: piece.itemId, in: piece.in, out: piece.out });
}

/**
 * Places pieces, each exactly over its original, in as few steps as there are different parts of one result: an item can
 * be marked in only one way at a time. `note` makes the action that records it. Throws `host.*`.
 */
export async function placePieces(project: Project, pieces: readonly Piece[], note: () => Action): Promise<void> {
  const bases = new Map<string, bigint>();
  for (const round of rounds(pieces.filter(({ placed }) => !placed))) {
    for (const { item, itemId, delivery } of round)
      if (!bases.has(itemId)) bases.set(itemId, await startOfItem(project, item, delivery));
    await markItems(project, round, bases);
    transact(project, 'Uprez: place clips', () => [...round.map(overwrite), note()]);
  }
}

/** Pieces of one item that show different parts of it go into different rounds. */
function rounds(pieces: readonly Piece[]): Piece[][] {
  const made: Piece[][] = [];
  for (const piece of pieces) {
    const fits = made.find((round) =>
      round.every((other) => other.itemId !== piece.itemId || (other.in === piece.in && other.out === piece.out)),
    );
    if (fits) fits.push(piece);
    else made.push([piece]);
  }
  return made;
}

/** The result has no sound, so the audio track that has to be named stays as it is. */
function overwrite({ sequence, item, original, track }: Piece): Action {
  const projectItem = ppro.ProjectItem.cast(item);
  return ppro.SequenceEditor.getEditor(sequence).createOverwriteItemAction(projectItem, tick(original.start), track, 0);
}

/** Sets in and out points, which hide the handles, where they are not so already. */
async function markItems(project: Project, round: readonly Piece[], bases: ReadonlyMap<string, bigint>): Promise<void> {
  const marks = round.map((piece) => {
    const base = bases.get(piece.itemId) ?? 0n;
    return { item: piece.item, clip: piece.target.name, in: base + piece.in, out: base + piece.out };
  });
  transact(project, 'Uprez: prepare clips', () =>
    marks.flatMap((mark) => [
      labelAction(mark.item),
      mark.item.createSetInOutPointsAction(tick(mark.in), tick(mark.out)),
    ]),
  );
  for (const mark of marks) {
    const points = await pointsOf(mark.item);
    if (points.in === mark.in && points.out === mark.out) continue;
    throw new AppError('host.not-placed', { clip: mark.clip, why: 'its in and out points could not be set' });
  }
}

/**
 * Where an item's in and out points count from: zero in some versions, the timecode of its first frame in others. An item
 * without marks tells.
 */
async function startOfItem(
  project: Project,
  item: ClipProjectItem,
  { result, interpretedRate }: Delivery,
): Promise<bigint> {
  const rate: FrameRate = interpretedRate ?? result.frameRate;
  const length = framesToTicks(result.frames, rate);
  const frame = framesToTicks(1, rate);
  const whole = ({ in: from, out }: Points): boolean => out - from >= length - frame;
  const points = await pointsOf(item);
  if (whole(points)) return points.in;
  transact(project, 'Uprez: prepare clips', () => [item.createClearInOutPointsAction()]);
  return (await pointsOf(item)).in;
}

interface Points {
  in: bigint;
  out: bigint;
}

async function pointsOf(item: ClipProjectItem): Promise<Points> {
  const { VIDEO } = ppro.Constants.MediaType;
  const [from, to] = await ask('read the in and out points', () =>
    Promise.all([item.getInPoint(VIDEO), item.getOutPoint(VIDEO)]),
  );
  return { in: BigInt(from.ticks), out: BigInt(to.ticks) };
}

function tick(ticks: bigint) {
  return ppro.TickTime.createWithTicks(String(ticks));
}
