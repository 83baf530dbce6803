import type { Progress } from '@uprez/shared';
import type { Clock } from '../clock.ts';
import type { Feed } from './feed.ts';
import { advance, type Sample, type Track } from './progress.ts';

/** At most four messages a second for each job. */
const INTERVAL_MS = 250;

interface Live {
  track: Track | undefined;
  toldAt: number;
  cancelTimer: (() => void) | undefined;
}

/** Progress of running jobs: lossy, never stored, told to the feed at a bounded rate. */
export class LiveProgress {
  private readonly feed: Feed;
  private readonly clock: Clock;
  private readonly running = new Map<string, Live>();

  constructor(feed: Feed, clock: Clock) {
    this.feed = feed;
    this.clock = clock;
  }

  begin(id: string): void {
    this.running.set(id, { track: undefined, toldAt: Number.NEGATIVE_INFINITY, cancelTimer: undefined });
  }

  /** Nothing is told of the job any more, not even what was waiting. */
  end(id: string): void {
    this.running.get(id)?.cancelTimer?.();
    this.running.delete(id);
  }

  report(id: string, sample: Sample): void {
    const live = this.running.get(id);
    if (!live) return;
    live.track = advance(live.track, sample, this.clock.elapsed());
    if (live.cancelTimer) return;
    const wait = live.toldAt + INTERVAL_MS - this.clock.elapsed();
    if (wait <= 0) return this.tell(id, live);
    live.cancelTimer = this.clock.after(wait, () => this.tell(id, live));
  }

  /** For a client that has just come. */
  all(): Record<string, Progress> {
    const known = [...this.running].flatMap(([id, { track }]) => (track ? [[id, track.progress] as const] : []));
    return Object.fromEntries(known);
  }

  private tell(id: string, live: Live): void {
    live.cancelTimer = undefined;
    live.toldAt = this.clock.elapsed();
    if (live.track) this.feed.tell({ type: 'progress', id, progress: live.track.progress });
  }
}
