import type { Action, Project } from '@adobe/premierepro';
import { AppError, toWire } from '@uprez/shared';
import type { Placement } from './host.ts';
import { transact } from './premiere-guard.ts';
import type { Link } from './premiere-links.ts';
import { framed, type Framing, isTranslucent, matchFraming, readFraming } from './premiere-motion.ts';
import type { Finding } from './premiere-proof.ts';
import { type LiveClip, readVideoTracks } from './premiere-tracks.ts';

type Found = Extract<Finding, { clip: LiveClip }>;

interface Pair {
  found: Found;
  original: LiveClip;
  before: Framing;
  now: Framing;
}

export type Hidden = Link['hidden'][number];

/**
 * Frames what was placed like its originals and switches those off where that is wanted, or where something of them would
 * show through. One step of undo for all; `note` makes the action that records it. Throws `host.*`.
 */
export async function finishPieces(
  project: Project,
  findings: readonly Found[],
  note: (hidden: ReadonlyMap<string, readonly Hidden[]>) => Action,
): Promise<Placement[]> {
  const pairs = await pairUp(findings);
  const off = pairs.filter(({ found, before }) => found.piece.delivery.disableOriginal || isTranslucent(before));
  const hidden = new Map<string, Hidden[]>();
  for (const { found, original } of off) {
    const { delivery, target } = found.piece;
    const { itemId, track, start } = original;
    const entry = { sequenceId: target.sequenceId, itemId, track, start: String(start) };
    hidden.set(delivery.jobId, [...(hidden.get(delivery.jobId) ?? []), entry]);
  }
  transact(project, 'Uprez: match framing', () => [
    ...pairs.flatMap(({ found, before, now }) => matchFraming(now, before, found.piece.delivery.result.enlargement)),
    ...off.map(({ original }) => original.item.createSetDisabledAction(true)),
    note(hidden),
  ]);
  return reports(await pairUp(findings), pairs);
}

/** Objects of the host are void after every change, so all are fetched anew. */
async function pairUp(findings: readonly Found[]): Promise<Pair[]> {
  const sequences = new Map(findings.map(({ piece }) => [piece.target.sequenceId, piece.sequence]));
  const clips = new Map<string, LiveClip[]>();
  for (const [id, sequence] of sequences) clips.set(id, (await readVideoTracks(sequence)).flat());
  const pairs: Pair[] = [];
  for (const found of findings) {
    const { target, original, itemId } = found.piece;
    const here = clips.get(target.sequenceId) ?? [];
    const above = here.find(
      (clip) => clip.itemId === itemId && clip.track === found.clip.track && clip.start === original.start,
    );
    const below = here.find(
      (clip) => clip.itemId === original.itemId && clip.track === original.track && clip.start === original.start,
    );
    if (!above || !below) throw new AppError('host.framing', { clip: target.name });
    pairs.push({ found, original: below, before: await readFraming(below.item), now: await readFraming(above.item) });
  }
  return pairs;
}

function reports(pairs: readonly Pair[], earlier: readonly Pair[]): Placement[] {
  return pairs.map(({ found, now }, index) => {
    const { target, delivery } = found.piece;
    const before = earlier[index]?.before;
    const matches = before !== undefined && framed(now, before, delivery.result.enlargement);
    return {
      key: target.key,
      name: target.name,
      at: { sequenceId: target.sequenceId, track: found.clip.track, start: String(found.clip.start) },
      remark: matches ? null : toWire(new AppError('host.framing', { clip: target.name })),
      effectsLeft: before?.effects ?? [],
    };
  });
}
