import type { ModelPull, ServerMessage } from '@uprez/shared';

/** At most four messages a second for each download; a new stage is told at once. */
const INTERVAL_MS = 250;

type Tell = (change: Extract<ServerMessage, { type: 'pull' }>) => void;

/** How far downloads are: lossy, never stored, told at a bounded rate. */
export class PullProgress {
  private readonly tell: Tell;
  private readonly now: () => number;
  private readonly pulls = new Map<string, { pull: ModelPull; toldAt: number }>();

  constructor(tell: Tell, now: () => number) {
    this.tell = tell;
    this.now = now;
  }

  report(id: string, pull: ModelPull): void {
    const last = this.pulls.get(id);
    const due = !last || last.pull.stage !== pull.stage || this.now() - last.toldAt >= INTERVAL_MS;
    this.pulls.set(id, { pull, toldAt: due ? this.now() : last.toldAt });
    if (due) this.tell({ type: 'pull', id, pull });
  }

  end(id: string): void {
    this.pulls.delete(id);
    this.tell({ type: 'pull', id, pull: null });
  }

  /** For a client that has just come. */
  all(): Record<string, ModelPull> {
    return Object.fromEntries([...this.pulls].map(([id, { pull }]) => [id, pull]));
  }
}
