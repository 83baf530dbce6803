import type { Action, ClipProjectItem, Project } from '@adobe/premierepro';
import { AppError, toWire } from '@uprez/shared';
import type { Delivery, Placement } from './host.ts';
import { ask, transact } from './premiere-guard.ts';
import { clipsBelow, idOf, pathOf } from './premiere-items.ts';
import type { Link, Links } from './premiere-links.ts';
import { animatedParameter, type Framing, readFraming, shrinkFraming } from './premiere-motion.ts';
import { type LiveClip, readVideoTracks } from './premiere-tracks.ts';

/**
 * Gives items the result instead of their file, everywhere they are used, and takes the enlargement out of their framing.
 * Premiere can't undo a new path, so the old ones are written down first. Throws `host.*`.
 */
export async function relink(project: Project, delivery: Delivery, links: Links): Promise<Placement[]> {
  const { jobId, result } = delivery;
  const items = await itemsById(project, delivery.itemIds);
  if (items.size === 0) throw new AppError('host.item-gone');
  const earlier = links.get(jobId);
  const oldPaths: Record<string, string> = { ...earlier?.oldPaths };
  for (const [id, item] of items) {
    const path = await pathOf(item);
    if (path !== result.path) oldPaths[id] = path;
  }
  const [itemId = ''] = delivery.itemIds;
  const { enlargement } = result;
  const link: Link = { stage: 'placed', mode: 'relink', itemId, enlargement, placements: [], hidden: [], oldPaths };
  if (!earlier) transact(project, 'Uprez: relink clips', () => [links.change({ [jobId]: link })]);
  for (const item of items.values()) await changePath(item, result.path);
  return rescale(project, { ids: new Set(items.keys()), enlargement }, () => [
    links.change({ [jobId]: { ...link, stage: 'done' } }),
  ]);
}

/** The old files come back, and with them the old framing. Throws `host.*`. */
export async function unlink(project: Project, jobId: string, links: Links): Promise<void> {
  const link = links.get(jobId);
  if (!link) throw new AppError('host.nothing-to-restore');
  const items = await itemsById(project, Object.keys(link.oldPaths));
  for (const [id, item] of items) {
    const old = link.oldPaths[id];
    if (old !== undefined) await changePath(item, old);
  }
  const enlargement = link.stage === 'done' ? 1 / link.enlargement : 1;
  await rescale(project, { ids: new Set(items.keys()), enlargement }, () => [links.change({ [jobId]: undefined })]);
}

async function changePath(item: ClipProjectItem, path: string): Promise<void> {
  if ((await pathOf(item)) === path) return;
  const refuse = (): AppError => new AppError('host.relink-refused', { clip: item.name });
  if (!(await ask('relink a clip', () => item.canChangeMediaPath()))) throw refuse();
  // The result is larger than what it replaces, which is the purpose: the check for equal media would refuse it.
  if (!(await ask('relink a clip', () => item.changeMediaFilePath(path, true)))) throw refuse();
}

interface Rescaling {
  ids: ReadonlySet<string>;
  enlargement: number;
}

/** Changes the framing of every use in every sequence, in one step of undo. */
async function rescale(project: Project, { ids, enlargement }: Rescaling, note: () => Action[]): Promise<Placement[]> {
  const uses: { clip: LiveClip; framing: Framing; animated: boolean; sequenceId: string; name: string }[] = [];
  for (const sequence of await ask('list the sequences', () => project.getSequences())) {
    const clips = (await readVideoTracks(sequence)).flat().filter(({ itemId }) => ids.has(itemId));
    for (const clip of clips)
      uses.push({
        clip,
        framing: await readFraming(clip.item),
        animated: (await animatedParameter(clip.item)) !== undefined,
        sequenceId: sequence.guid.toString(),
        name: await ask('read a clip', () => clip.item.getName()),
      });
  }
  transact(project, 'Uprez: match framing', () => [
    ...uses.filter(({ animated }) => !animated).flatMap(({ framing }) => shrinkFraming(framing, enlargement)),
    ...note(),
  ]);
  return uses.map(({ clip, animated, sequenceId, name }) => ({
    key: [clip.itemId, clip.track, clip.start, clip.in, clip.out].join(':'),
    name,
    at: { sequenceId, track: clip.track, start: String(clip.start) },
    remark: animated ? toWire(new AppError('host.framing', { clip: name })) : null,
    effectsLeft: [],
  }));
}

async function itemsById(project: Project, ids: readonly string[]): Promise<Map<string, ClipProjectItem>> {
  const root = await ask('open the project’s bins', () => project.getRootItem());
  const found = new Map<string, ClipProjectItem>();
  for (const clip of await clipsBelow(root)) {
    const id = await idOf(clip);
    if (ids.includes(id)) found.set(id, clip);
  }
  return found;
}
