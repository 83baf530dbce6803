import type { ServerMessage } from '@uprez/shared';

/** A change that everybody may know of: the part of the protocol that goes to all clients alike. */
export type Change = Extract<
  ServerMessage,
  { type: 'job' | 'job-removed' | 'progress' | 'settings' | 'models' | 'pairings' | 'pull' }
>;

export type Listener = (change: Change) => void;

/** Tells listeners what changed, to each in the order in which it happened. */
export class Feed {
  private readonly listeners = new Set<Listener>();
  private readonly pending: Change[] = [];
  private delivering = false;

  /** Returns the function that stops it. */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A listener may cause further changes; they wait until everybody has heard of this one. */
  tell(change: Change): void {
    this.pending.push(change);
    if (this.delivering) return;
    this.delivering = true;
    try {
      for (let next = this.pending.shift(); next; next = this.pending.shift()) this.deliver(next);
    } finally {
      this.delivering = false;
    }
  }

  private deliver(change: Change): void {
    for (const listener of [...this.listeners]) listener(change);
  }
}
