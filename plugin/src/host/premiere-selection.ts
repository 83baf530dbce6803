import type { Project, Sequence, VideoClipTrackItem } from '@adobe/premierepro';
import { Changing } from './changing.ts';
import { nothingSelected, type Readable, type SelectedClip, type Selection } from './host.ts';
import { type FactsOfItems, readBinClip, readSelectedClip } from './premiere-clips.ts';
import { ask, askMaybe, harmless } from './premiere-guard.ts';
import { activeProject, identityOf, sequenceIdentity } from './premiere-items.ts';
import { ppro } from './premiere-modules.ts';

/** Premiere reports one change of the selection several times. */
const SETTLE_MS = 30;
/** Events get lost, and trimming a selected clip fires none. */
const LOOK_AGAIN_MS = 2000;
const MOST_GLIMPSED = 32;

/** Follows what is selected in Premiere: on the timeline in front, or in the project panel, whichever changed last. */
export function followSelection(): Readable<Selection> {
  const follower = new Follower();
  follower.start();
  return follower.selection;
}

class Follower {
  readonly selection = new Changing<Selection>(nothingSelected);
  private from: Selection['from'] = 'timeline';
  private watched: { id: string; sequence: Sequence } | undefined;
  private glimpsed = '';
  private reading = false;
  private stale = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    const { ProjectEvent, SequenceEvent } = ppro.Constants;
    const look = (): void => this.soon();
    for (const event of [ProjectEvent.ACTIVATED, ProjectEvent.OPENED, ProjectEvent.CLOSED, SequenceEvent.ACTIVATED])
      harmless(() => ppro.EventManager.addGlobalEventListener(event, harmless(look)))();
    const inBin = harmless(() => {
      this.from = 'bin';
      this.soon();
    });
    harmless(() => ppro.EventManager.addGlobalEventListener(ProjectEvent.PROJECT_ITEM_SELECTION_CHANGED, inBin))();
    setInterval(() => void this.lookAgain(), LOOK_AGAIN_MS);
    void this.read();
  }

  private readonly onTimeline = harmless(() => {
    this.from = 'timeline';
    this.soon();
  });

  private soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.read();
    }, SETTLE_MS);
  }

  /** Reads again only where a cheap glimpse shows another picture than the last one. */
  private async lookAgain(): Promise<void> {
    if (this.reading) return;
    const glimpsed = await askMaybe(glimpse);
    if (glimpsed === this.glimpsed) return;
    this.glimpsed = glimpsed ?? '';
    this.soon();
  }

  /** One reading at a time; what changes meanwhile is read after it. */
  private async read(): Promise<void> {
    this.stale = true;
    if (this.reading) return;
    this.reading = true;
    try {
      while (this.stale) {
        this.stale = false;
        const selection = await askMaybe(() => this.look());
        if (!this.stale) this.selection.set(selection ?? nothingSelected);
      }
    } finally {
      this.reading = false;
    }
  }

  private async look(): Promise<Selection> {
    const project = await activeProject();
    if (!project) return nothingSelected;
    const sequence = await askMaybe(() => project.getActiveSequence());
    if (sequence) this.watch(sequence);
    const known: FactsOfItems = new Map();
    const here = { project: identityOf(project), sequence: sequence ? await sequenceIdentity(sequence) : null };
    const onTimeline = (): Promise<SelectedClip[]> => (sequence ? timelineClips(sequence, known) : Promise.resolve([]));
    const readers = { timeline: onTimeline, bin: () => binClips(project, known) };
    const other = this.from === 'bin' ? 'timeline' : 'bin';
    const clips = await readers[this.from]();
    if (clips.length > 0) return { ...here, from: this.from, clips };
    return { ...here, from: other, clips: await readers[other]() };
  }

  /** Listens to the sequence in front, and to no other. */
  private watch(sequence: Sequence): void {
    const id = sequence.guid.toString();
    if (this.watched?.id === id) return;
    const { SELECTION_CHANGED } = ppro.Constants.SequenceEvent;
    const last = this.watched;
    if (last)
      harmless(() => ppro.EventManager.removeEventListener(last.sequence, SELECTION_CHANGED, this.onTimeline))();
    harmless(() => ppro.EventManager.addEventListener(sequence, SELECTION_CHANGED, this.onTimeline))();
    this.watched = { id, sequence };
  }
}

async function timelineClips(sequence: Sequence, known: FactsOfItems): Promise<SelectedClip[]> {
  const items = await selectedItems(sequence);
  return Promise.all(items.map((item) => readSelectedClip(item, known)));
}

async function selectedItems(sequence: Sequence): Promise<VideoClipTrackItem[]> {
  const items = await ask('read the selection', async () => (await sequence.getSelection()).getTrackItems());
  // Sound is selected along with its picture; only clips with picture have transitions of pictures.
  return items.filter((item): item is VideoClipTrackItem => 'createAddVideoTransitionAction' in item);
}

/** Project, sequence and where the selected clips lie, as one text. */
async function glimpse(): Promise<string> {
  const project = await activeProject();
  const sequence = await askMaybe(() => project?.getActiveSequence());
  const items = sequence ? (await selectedItems(sequence)).slice(0, MOST_GLIMPSED) : [];
  const places = await Promise.all(
    items.map(async (item) => [(await item.getStartTime()).ticks, (await item.getEndTime()).ticks]),
  );
  return JSON.stringify([project && identityOf(project), sequence?.guid.toString(), places]);
}

async function binClips(project: Project, known: FactsOfItems): Promise<SelectedClip[]> {
  const items = await askMaybe(async () => (await ppro.ProjectUtils.getSelection(project)).getItems());
  const clips = await Promise.all((items ?? []).map((item) => readBinClip(item, known)));
  return clips.filter((clip) => clip !== undefined);
}
