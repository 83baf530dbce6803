import type { Action, Project } from '@adobe/premierepro';
import type { Chance } from '../../../../daemon/test/support/chance.ts';
import { HostThread } from './host-thread.ts';
import type { Profile } from './profile.ts';
import type { ClipRecord, ItemRecord, MediaRecord, ProjectRecord, SequenceRecord, Step } from './records.ts';

export const VOID = 'The script object is no longer valid.';

/** What a test may switch on to make things go wrong. */
export interface Mischief {
  /** Milliseconds until an imported item shows up: at least, at most. */
  importDelay: [number, number];
  /** Overwriting onto a track that does not exist does nothing, and says that it did. */
  noNewTracks: boolean;
  /** Imports say yes and never show up. */
  importsVanish: boolean;
  lockedTracks: number[];
  /** Transactions of this name are refused. */
  refused: string | null;
}

type Listener = { event: string; target: string | null; handler: (event?: object) => void };

/** The running program: open projects, the lock, undo, and what every object of the API needs of it. */
export class Stage {
  readonly profile: Profile;
  readonly thread: HostThread;
  readonly chance: Chance;
  readonly projects: ProjectRecord[] = [];
  readonly mischief: Mischief = {
    importDelay: [20, 300],
    noNewTracks: false,
    importsVanish: false,
    refused: null,
    lockedTracks: [],
  };
  /** What a file holds; null where it can't be imported. */
  readonly look: (path: string) => Promise<MediaRecord | null>;
  active: string | null = null;
  activeSequence: string | null = null;
  selected: string[] = [];
  selectedItems: string[] = [];
  opened: string[] = [];
  importsAsked = 0;
  /** Exceptions that the plugin let through to the host. */
  readonly escaped: string[] = [];
  readonly undoStack: Step[] = [];
  readonly redoStack: Step[] = [];
  listeners: Listener[] = [];
  /** Grows with every rebuilt track: objects from before are void. */
  generation = 0;
  private lock: { id: number; project: string } | null = null;
  private locks = 0;
  private nextId = 1;
  private readonly actions = new WeakMap<Action, { lock: number | null; run: () => void }>();

  constructor(profile: Profile, chance: Chance, look: Stage['look']) {
    this.look = look;
    this.profile = profile;
    this.chance = chance;
    this.thread = new HostThread(chance);
  }

  id(kind: string): string {
    return `${kind}-${this.nextId++}`;
  }

  project(guid: string): ProjectRecord {
    return must(this.projects.find((project) => project.guid === guid));
  }

  sequence(guid: string): SequenceRecord {
    return must(this.projects.flatMap(({ sequences }) => sequences).find((sequence) => sequence.guid === guid));
  }

  item(id: string): ItemRecord {
    return must(this.projects.map(({ items }) => items[id]).find(Boolean));
  }

  ownerOf(itemId: string): ProjectRecord {
    return must(this.projects.find(({ items }) => items[itemId]));
  }

  clip(uid: string): ClipRecord {
    const sequences = this.projects.flatMap(({ sequences: all }) => all);
    return must(sequences.flatMap(({ video, audio }) => [...video, ...audio].flat()).find((clip) => clip.uid === uid));
  }

  /** An action is worth something only between the braces in which it was made. */
  action(run: () => void): Action {
    if (this.profile.strictLock && !this.lock) throw new Error('Actions must be created inside lockedAccess.');
    const action: Action = {};
    this.actions.set(action, { lock: this.lock?.id ?? null, run });
    return action;
  }

  locked(project: Project, callback: () => void): void {
    if (this.lock) throw new Error('lockedAccess can’t be nested.');
    this.lock = { id: ++this.locks, project: project.guid.toString() };
    try {
      demandSync(this.guarded(callback));
    } finally {
      this.lock = null;
    }
  }

  transaction(project: Project, callback: (add: (action: Action) => boolean) => unknown, name = ''): boolean {
    if (this.profile.strictLock && this.lock?.project !== project.guid.toString())
      throw new Error('executeTransaction outside of lockedAccess.');
    const record = this.project(project.guid.toString());
    const runs: (() => void)[] = [];
    demandSync(
      this.guarded(() =>
        callback((action) => {
          const made = this.actions.get(action);
          if (!made || (this.profile.strictLock && made.lock !== this.lock?.id)) throw new Error(VOID);
          runs.push(made.run);
          return true;
        }),
      ),
    );
    return this.commit(record, runs, name);
  }

  undo(): string | undefined {
    return this.travel(this.undoStack, this.redoStack, 'before');
  }

  redo(): string | undefined {
    return this.travel(this.redoStack, this.undoStack, 'after');
  }

  emit(event: string, target: string | null, payload: object): void {
    for (const listener of [...this.listeners])
      if (listener.event === event && (listener.target === null || listener.target === target))
        setTimeout(() => this.guarded(() => listener.handler(payload)), 0);
  }

  /** The plugin's code, called by the host: what it throws is noted, since it would harm a real one. */
  guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.escaped.push(String(error));
      throw error;
    }
  }

  /** Objects of clips on a track that was rebuilt are void. */
  rebuilt(): void {
    this.generation += 1;
  }

  private commit(record: ProjectRecord, runs: readonly (() => void)[], name: string): boolean {
    if (name === this.mischief.refused) return false;
    const before = JSON.stringify(record);
    try {
      for (const run of runs) run();
    } catch {
      replace(record, before);
      return false;
    }
    this.undoStack.push({ name, before, after: JSON.stringify(record) });
    this.redoStack.length = 0;
    return true;
  }

  private travel(from: Step[], to: Step[], side: 'before' | 'after'): string | undefined {
    const step = from.pop();
    if (!step) return undefined;
    to.push(step);
    const record = this.project((JSON.parse(step[side]) as ProjectRecord).guid);
    const now = JSON.parse(JSON.stringify(record)) as ProjectRecord;
    replace(record, step[side]);
    keepImports(record, now);
    this.rebuilt();
    return step.name;
  }
}

/** Imports and new paths are no steps of undo: what came by them stays. */
function keepImports(record: ProjectRecord, now: ProjectRecord): void {
  for (const item of Object.values(now.items)) {
    const kept = record.items[item.id];
    if (kept) kept.media = item.media;
    else if (item.imported) {
      const parent = item.parent !== null && record.items[item.parent] ? item.parent : null;
      record.items[item.id] = { ...item, parent };
    }
  }
}

function replace(record: ProjectRecord, text: string): void {
  Object.assign(record, JSON.parse(text) as ProjectRecord);
}

function demandSync(result: unknown): void {
  if (typeof result === 'object' && result !== null && 'then' in result)
    throw new Error('The callback must not be asynchronous.');
}

export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error(VOID);
  return value;
}
