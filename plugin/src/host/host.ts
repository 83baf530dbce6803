import type { FrameRange, FrameRate, WireError } from '@uprez/shared';

/*
 * The port to the program that the panel lives in. No type of that program's own gets past it; only premiere*.ts in this
 * folder know Premiere.
 */

/** A value that changes. `get` returns the same object until something did: fits React's useSyncExternalStore. */
export interface Readable<T> {
  get(): T;
  /** Returns the function that stops listening. */
  subscribe(listener: () => void): () => void;
}

/** A position or length in the host's time base (254 016 000 000 a second), as decimal digits: it passes 2^53 after ten hours. */
export type Ticks = string;

/** How the host looks at the moment, for views that want to look like a part of it. */
export interface Look {
  readonly theme: 'light' | 'dark' | 'darkest';
  /** The host's own panel colour as CSS writes it; null where it doesn't tell. */
  readonly background: string | null;
}

export interface ProjectIdentity {
  readonly id: string;
  readonly name: string;
  /** '' for a project that was never saved. */
  readonly path: string;
}

export interface SequenceIdentity {
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly ticksPerFrame: Ticks;
}

/** Where a clip lies on a timeline, and which part of its source it shows there. */
export interface Place {
  /** Video track, counted from 0. */
  readonly track: number;
  readonly start: Ticks;
  readonly end: Ticks;
  /** Counted from the first frame of the media, whatever its timecode says. */
  readonly in: Ticks;
  readonly out: Ticks;
}

/** What can still be done with a clip that can't be placed over itself. */
export type Alternative = 'whole-file' | 'bin-only';

export interface SelectedClip {
  /** The same for the same clip as long as nobody edits it. */
  readonly key: string;
  readonly name: string;
  /** The project item behind the clip; '' where there is none. */
  readonly itemId: string;
  /** null: no file is behind it. */
  readonly mediaPath: string | null;
  /** As the host interprets the file, which may differ from what the file says; null where it has none. */
  readonly frameRate: FrameRate | null;
  /** Frames of the source that are used; whole file for clips of a bin. */
  readonly range: FrameRange;
  /** null: selected in a bin, not on a timeline. */
  readonly place: Place | null;
  /** Why it can't be upscaled and placed over itself; null where it can. */
  readonly refusal: WireError | null;
  /** What is offered instead; empty where there is no refusal, and where nothing helps. */
  readonly alternatives: readonly Alternative[];
}

/** What is selected in the host. A new object whenever it changed. */
export interface Selection {
  readonly project: ProjectIdentity | null;
  /** The sequence in front; null where none is open. */
  readonly sequence: SequenceIdentity | null;
  readonly from: 'timeline' | 'bin';
  readonly clips: readonly SelectedClip[];
}

export const nothingSelected: Selection = { project: null, sequence: null, from: 'timeline', clips: [] };

/** What becomes of a result: on the timeline above its original, in its place everywhere, or in the bin and no further. */
export type DeliveryMode = 'above' | 'relink' | 'bin';

/** One clip of a timeline that a result is for, as it was when the job was queued. */
export interface Target extends Place {
  readonly key: string;
  readonly name: string;
  readonly sequenceId: string;
  readonly itemId: string;
}

/** A finished file, and where it belongs. */
export interface Delivery {
  readonly jobId: string;
  /** Also where it was delivered once before: the user asks for it again. */
  readonly again: boolean;
  readonly mode: DeliveryMode;
  readonly disableOriginal: boolean;
  readonly project: ProjectIdentity;
  /** Project items that show the source; `relink` gives them the result instead. */
  readonly itemIds: readonly string[];
  readonly sourcePath: string;
  /** For `above`. */
  readonly targets: readonly Target[];
  readonly result: {
    readonly path: string;
    /** Frame of the source that the result begins with, handles included. */
    readonly firstFrame: number;
    readonly frames: number;
    readonly frameRate: FrameRate;
    /** Width and height of the result against the source's. */
    readonly enlargement: number;
  };
  /** The rate at which the host plays the source, where that is another one than the file's. */
  readonly interpretedRate: FrameRate | null;
}

/** What became of one clip. */
export interface Placement {
  readonly key: string;
  readonly name: string;
  /** The result lies at this place; null where it was not placed. */
  readonly at: { readonly sequenceId: string; readonly track: number; readonly start: Ticks } | null;
  /** Why it was not placed, or placed differently than asked. */
  readonly remark: WireError | null;
  /** Effects of the original that the placed clip does not have, by name. */
  readonly effectsLeft: readonly string[];
}

export interface DeliveryReport {
  readonly jobId: string;
  /** `delivered`: it is in the project and read back. `failed`: nothing is lost, it can be tried again. */
  readonly outcome: 'delivered' | 'failed';
  readonly mode: DeliveryMode;
  readonly placements: readonly Placement[];
  readonly error: WireError | null;
}

export interface Host {
  readonly kind: 'premiere' | 'none';
  readonly look: Readable<Look>;
  readonly selection: Readable<Selection>;
  /**
   * Brings results into the open project, all in one go: one undo step per stage. Never throws; safe to repeat, since what is
   * there already is found and left alone.
   */
  deliver(deliveries: readonly Delivery[]): Promise<DeliveryReport[]>;
  /** Takes a result off the timeline again and shows the original; a relinked clip gets its old file. Throws `host.*`. */
  restore(jobId: string): Promise<void>;
  /** Jobs of the open project that `restore` can undo. */
  readonly restorable: Readable<ReadonlySet<string>>;
  /** Opens a file in the source monitor. Throws `host.*`. */
  openInSourceMonitor(path: string): Promise<void>;
  /** Shows a file's folder in Finder or Explorer. Throws `host.*`. */
  reveal(path: string): Promise<void>;
}
