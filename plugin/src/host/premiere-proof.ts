import type { Sequence } from '@adobe/premierepro';
import { AppError } from '@uprez/shared';
import type { Piece } from './premiere-place.ts';
import { type LiveClip, readVideoTracks } from './premiere-tracks.ts';

/** All clips of a sequence before a change, to compare with. */
export async function remember(sequence: Sequence): Promise<readonly string[]> {
  return (await readVideoTracks(sequence)).flat().map(identity);
}

/** What was found of a piece after it was placed: the clip itself, or why it is not there. */
export type Finding = { piece: Piece; clip: LiveClip } | { piece: Piece; error: AppError };

/** Reads a sequence back: every piece at its place to the tick, everything else as it was. */
export async function readBack(
  sequence: Sequence,
  pieces: readonly Piece[],
  before: readonly string[],
): Promise<Finding[]> {
  const clips = (await readVideoTracks(sequence)).flat();
  const there = new Set(clips.map(identity));
  const undisturbed = before.every((clip) => there.has(clip));
  return pieces.map((piece) => {
    const clip = clips.find((candidate) => isAt(candidate, piece));
    const facts = { clip: piece.target.name };
    if (!undisturbed && !piece.placed) return { piece, error: new AppError('host.disturbed', facts) };
    if (clip) return { piece, clip };
    return { piece, error: new AppError('host.not-placed', { ...facts, why: 'it is not where it should be' }) };
  });
}

function isAt(clip: LiveClip, { itemId, original, out, in: from }: Piece): boolean {
  return clip.itemId === itemId && clip.start === original.start && clip.end - clip.start === out - from;
}

/** Everything that tells clips apart, but whether they are switched on. */
function identity({ track, start, end, in: from, out, itemId }: LiveClip): string {
  return [track, start, end, from, out, itemId].join(':');
}
