import type { Action, Project } from '@adobe/premierepro';
import { AppError } from '@uprez/shared';
import { ask, transact } from './premiere-guard.ts';
import { activeProject, sequenceById } from './premiere-items.ts';
import { type Link, Links } from './premiere-links.ts';
import { ppro } from './premiere-modules.ts';
import { unlink } from './premiere-relink.ts';
import { type LiveClip, readVideoTracks } from './premiere-tracks.ts';

/** Jobs of the open project whose results can be taken off again. */
export async function readRestorable(): Promise<ReadonlySet<string>> {
  const project = await activeProject();
  const links = project ? (await Links.of(project)).entries() : [];
  return new Set(links.filter(([, { mode }]) => mode !== 'bin').map(([jobId]) => jobId));
}

/** Takes what was placed for a job off the timeline and shows its originals again. Throws `host.*`. */
export async function restore(jobId: string): Promise<void> {
  const project = await activeProject();
  if (!project) throw new AppError('host.no-project');
  const links = await Links.of(project);
  const link = links.get(jobId);
  if (!link || link.mode === 'bin') throw new AppError('host.nothing-to-restore');
  if (link.mode === 'relink') return unlink(project, jobId, links);
  const forget = (): Action => links.change({ [jobId]: undefined });
  const sequences = [...new Set(link.placements.map(({ sequenceId }) => sequenceId))];
  for (const [index, id] of sequences.entries()) {
    const isLast = index === sequences.length - 1;
    await clear(project, { id, link }, () => (isLast ? [forget()] : []));
  }
}

/** One sequence, in one step of undo. */
async function clear(project: Project, { id, link }: { id: string; link: Link }, note: () => Action[]): Promise<void> {
  const sequence = await sequenceById(project, id);
  if (!sequence) return transact(project, 'Uprez: restore original', note);
  const clips = (await readVideoTracks(sequence)).flat();
  const placed = clips.filter(({ itemId }) => itemId === link.itemId);
  const originals = clips.filter((clip) =>
    link.hidden.some((hidden) => hidden.sequenceId === id && isSame(clip, hidden)),
  );
  const selection = await ask('select clips', async () => {
    // A selection of one's own making is void when it comes to removing.
    await sequence.clearSelection();
    return sequence.getSelection();
  });
  const { VIDEO } = ppro.Constants.MediaType;
  transact(project, 'Uprez: restore original', () => {
    for (const { item } of placed) selection.addItem(item, true);
    const remove = (): Action =>
      ppro.SequenceEditor.getEditor(sequence).createRemoveItemsAction(selection, false, VIDEO, false);
    return [
      ...originals.map(({ item }) => item.createSetDisabledAction(false)),
      ...(placed.length > 0 ? [remove()] : []),
      ...note(),
    ];
  });
}

function isSame(clip: LiveClip, hidden: Link['hidden'][number]): boolean {
  return clip.itemId === hidden.itemId && clip.track === hidden.track && String(clip.start) === hidden.start;
}
