import type { Action, ClipProjectItem, FolderItem, FootageInterpretation, Project } from '@adobe/premierepro';
import { type FrameRate, rateValue } from '@uprez/shared';
import { ask, transact } from './premiere-guard.ts';
import { asFolder, clipsBelow, pathOf } from './premiere-items.ts';
import { ppro } from './premiere-modules.ts';

const BIN = 'Uprez';
const PENDING = 'uprez.importing';
/** Items show up some time after the host says that it has imported them. */
const LOOK_MS = 200;
const LATEST_MS = 30_000;

export interface Memory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/**
 * Imports files into the bin, each only once, however often it is asked and whatever interrupts it. Files that did not
 * show up are missing from the result.
 */
export async function importInto(
  project: Project,
  paths: readonly string[],
  memory: Memory,
): Promise<Map<string, ClipProjectItem>> {
  const bin = await resultsBin(project);
  const wanted = new Set(paths);
  const known = await find(bin, wanted);
  const missing = [...wanted].filter((path) => !known.has(path));
  if (missing.length === 0) return known;
  const pending = pendingImports(memory);
  const now = Date.now();
  const fresh = missing.filter((path) => now - (pending[path] ?? 0) > LATEST_MS);
  if (fresh.length > 0) {
    // Written first: a panel that is reloaded now waits for them instead of importing them again.
    memory.setItem(PENDING, JSON.stringify({ ...pending, ...Object.fromEntries(fresh.map((path) => [path, now])) }));
    const target = ppro.ProjectItem.cast(bin);
    await ask('import', () => project.importFiles(fresh, true, target, false), 10 * 60_000);
  }
  const found = await awaitItems(bin, wanted);
  const open = Object.entries(pendingImports(memory)).filter(([path]) => !found.has(path));
  memory.setItem(PENDING, JSON.stringify(Object.fromEntries(open)));
  return found;
}

async function awaitItems(bin: FolderItem, wanted: ReadonlySet<string>): Promise<Map<string, ClipProjectItem>> {
  for (const started = Date.now(); ;) {
    const found = await find(bin, wanted);
    if (found.size === wanted.size || Date.now() - started > LATEST_MS) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function find(bin: FolderItem, wanted: ReadonlySet<string>): Promise<Map<string, ClipProjectItem>> {
  const found = new Map<string, ClipProjectItem>();
  for (const clip of await clipsBelow(bin)) {
    const path = await pathOf(clip);
    if (wanted.has(path) && !found.has(path)) found.set(path, clip);
  }
  return found;
}

async function resultsBin(project: Project): Promise<FolderItem> {
  const root = await ask('open the project’s bins', () => project.getRootItem());
  const there = await binIn(root);
  if (there) return there;
  transact(project, 'Uprez: make bin', () => [root.createBinAction(BIN, false)]);
  const made = await binIn(root);
  return ask('make a bin', () => made ?? Promise.reject(new Error('no bin')));
}

async function binIn(root: FolderItem): Promise<FolderItem | undefined> {
  for (const item of await ask('list the bins', () => root.getItems())) {
    if (item.name !== BIN) continue;
    const folder = await asFolder(item);
    if (folder) return folder;
  }
  return undefined;
}

function pendingImports(memory: Memory): Record<string, number> {
  try {
    return JSON.parse(memory.getItem(PENDING) ?? '{}') as Record<string, number>;
  } catch {
    return {};
  }
}

/** Marks an item as one of ours. Made inside a lock. */
export function labelAction(item: ClipProjectItem): Action {
  return item.createSetColorLabelAction(ppro.Constants.ProjectItemColorLabel.CERULEAN);
}

/** Plays items at the rate at which the host was told to play their sources. Throws `host.*`. */
export async function playAt(
  project: Project,
  wanted: readonly { item: ClipProjectItem; rate: FrameRate }[],
): Promise<void> {
  const changes: { item: ClipProjectItem; interpretation: FootageInterpretation }[] = [];
  for (const { item, rate } of wanted) {
    const interpretation = await ask('read a clip', () => item.getFootageInterpretation());
    if (Math.abs(interpretation.getFrameRate() - rateValue(rate)) < 0.002) continue;
    interpretation.setFrameRate(rateValue(rate));
    changes.push({ item, interpretation });
  }
  transact(project, 'Uprez: match frame rate', () =>
    changes.map(({ item, interpretation }) => item.createSetFootageInterpretationAction(interpretation)),
  );
}
