import type { ClipProjectItem, FolderItem, Project, ProjectItem, Sequence } from '@adobe/premierepro';
import type { ProjectIdentity, SequenceIdentity } from './host.ts';
import { ask, askMaybe } from './premiere-guard.ts';
import { ppro } from './premiere-modules.ts';

/** Some versions hand out objects without their own methods; only cast ones are sure to have them. */
export async function idOf(item: ClipProjectItem | FolderItem): Promise<string> {
  // A promise in some versions, whatever the types say.
  return ask<string>('identify a clip', () => ppro.ProjectItem.cast(item).getId());
}

/** undefined where it is no clip: `cast` answers that with nothing or with an exception. */
export function asClip(item: ProjectItem): Promise<ClipProjectItem | undefined> {
  return askMaybe(() => ppro.ClipProjectItem.cast(item));
}

export function asFolder(item: ProjectItem): Promise<FolderItem | undefined> {
  return askMaybe(() => ppro.FolderItem.cast(item));
}

/** '' for clips without a file. */
export async function pathOf(clip: ClipProjectItem): Promise<string> {
  return (await askMaybe(() => clip.getMediaFilePath())) ?? '';
}

export async function activeProject(): Promise<Project | undefined> {
  return askMaybe(() => ppro.Project.getActiveProject());
}

export function identityOf(project: Project): ProjectIdentity {
  return { id: project.guid.toString(), name: project.name, path: project.path };
}

export async function sequenceIdentity(sequence: Sequence): Promise<SequenceIdentity> {
  const [{ width, height }, ticksPerFrame] = await ask('read the sequence', () =>
    Promise.all([sequence.getFrameSize(), sequence.getTimebase()]),
  );
  return { id: sequence.guid.toString(), name: sequence.name, width, height, ticksPerFrame: ticksPerFrame };
}

/** The sequence with that id; undefined where the project has none any more. */
export async function sequenceById(project: Project, id: string): Promise<Sequence | undefined> {
  const sequences = await ask('list the sequences', () => project.getSequences());
  return sequences.find(({ guid }) => guid.toString() === id);
}

/** Every clip below a folder, depth first. */
export async function clipsBelow(folder: FolderItem): Promise<ClipProjectItem[]> {
  const found: ClipProjectItem[] = [];
  for (const item of await ask('list a bin', () => folder.getItems())) {
    const inner = await asFolder(item);
    if (inner) found.push(...(await clipsBelow(inner)));
    else {
      const clip = await asClip(item);
      if (clip) found.push(clip);
    }
  }
  return found;
}
