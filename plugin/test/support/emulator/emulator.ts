import { Chance } from '../../../../daemon/test/support/chance.ts';
import { createPremierepro, events } from './premierepro.ts';
import { type ProfileName, profiles } from './profile.ts';
import type { ProjectRecord } from './records.ts';
import { Stage } from './stage.ts';
import { type Surroundings, UxpPage } from './uxp.ts';

export interface Opening {
  profile: ProfileName;
  seed: number;
  projects: ProjectRecord[];
  surroundings: Omit<Surroundings, 'readFile'>;
}

/** Premiere with a panel docked in it. It lives in a page of its own; the panel lives in a frame and may come and go. */
export class Emulator {
  readonly stage: Stage;
  page: UxpPage | undefined;
  private readonly surroundings: Surroundings;

  constructor(opening: Opening, files: { read: Surroundings['readFile']; look: Stage['look'] }) {
    this.stage = new Stage(profiles[opening.profile], new Chance(opening.seed), files.look);
    this.surroundings = { ...opening.surroundings, readFile: files.read };
    this.stage.projects.push(...opening.projects);
    const [first] = opening.projects;
    if (first) this.open(first.guid);
  }

  /** Called by the panel's frame before its first script. */
  plugIn(page: Window & typeof globalThis): void {
    // Whoever listened is gone with its page.
    this.stage.listeners = [];
    this.page = new UxpPage(page, this.stage, this.surroundings);
    this.page.prepare(createPremierepro(this.stage));
  }

  /** The project with its first sequence comes to the front. */
  open(guid: string): void {
    const { stage } = this;
    stage.active = guid;
    stage.activeSequence = stage.project(guid).sequences[0]?.guid ?? null;
    stage.selected = [];
    stage.selectedItems = [];
    stage.emit(events.ACTIVATED, guid, {});
    stage.emit(events.sequence.ACTIVATED, stage.activeSequence, {});
  }

  select(uids: readonly string[]): void {
    this.stage.selected = [...uids];
    const sequence = this.stage.activeSequence;
    for (let i = 0; i < this.stage.profile.selectionEvents; i++)
      this.stage.emit(events.sequence.SELECTION_CHANGED, sequence, { id: sequence, name: '', target: null });
  }

  selectItems(ids: readonly string[]): void {
    this.stage.selectedItems = [...ids];
    this.stage.emit(events.PROJECT_ITEM_SELECTION_CHANGED, this.stage.active, { projectItems: [] });
  }

  /** What the user does to the timeline by hand. It is a step of undo like any other. */
  edit(guid: string, name: string, change: (project: ProjectRecord) => void): void {
    const record = this.stage.project(guid);
    const before = JSON.stringify(record);
    change(record);
    this.stage.undoStack.push({ name, before, after: JSON.stringify(record) });
    this.stage.rebuilt();
  }

  invokeMenu(id: string): void {
    for (const panel of Object.values(this.page?.menu?.panels ?? {})) this.stage.guarded(() => panel.invokeMenu(id));
  }

  runCommand(): void {
    for (const command of Object.values(this.page?.menu?.commands ?? {})) this.stage.guarded(() => command.run());
  }

  /** Emulator milliseconds until the panel shows what it should after a change of the selection. */
  async timeToShow(uids: readonly string[], shows: (text: string) => boolean): Promise<number> {
    const panel = document.querySelector('iframe')?.contentDocument;
    const since = this.stage.thread.now;
    this.select(uids);
    while (!shows(panel?.body.textContent ?? '')) await new Promise((resolve) => setTimeout(resolve, 1));
    return this.stage.thread.now - since;
  }

  /**
   * Loads the panel anew in the middle of things, each time so many calls after the last. Resolves with how often, when the
   * panel has come to rest.
   */
  async reload(counts: readonly number[]): Promise<number> {
    let done = 0;
    const next = (): void => {
      const calls = counts[done];
      if (calls === undefined) return;
      this.stage.thread.after(calls, () => {
        done += 1;
        next();
        window.loadPanel();
      });
    };
    next();
    await this.stage.thread.rest();
    return done;
  }

  /** Resolves when the panel has asked for an import, which then takes its time. */
  async importAsked(): Promise<void> {
    this.stage.mischief.importDelay = [1500, 2000];
    while (this.stage.importsAsked === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
