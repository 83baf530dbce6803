import { sameWay, type Way } from '@uprez/shared';
import type { FromEngine } from '../../engine/plan.ts';

/** Takes a job's time by what its engine says. */
export class Stopwatch {
  private readonly way: Way;
  private readonly startedAt = performance.now();
  private processFrom: number | undefined;
  private processTo: number | undefined;
  private changed = false;

  constructor(way: Way) {
    this.way = way;
  }

  heard(message: FromEngine): void {
    if (message.type === 'way' && !sameWay(message.way, this.way)) this.changed = true;
    if (message.type !== 'progress') return;
    if (message.stage === 'process') this.processFrom ??= performance.now();
    if (message.stage === 'finish') this.processTo ??= performance.now();
  }

  /** Seconds of work on frames, and of everything else; undefined where the job went on in another way. */
  stop(): { way: Way; processSeconds: number; overheadSeconds: number } | undefined {
    if (this.changed || this.processFrom === undefined || this.processTo === undefined) return undefined;
    const processSeconds = (this.processTo - this.processFrom) / 1000;
    const overheadSeconds = (performance.now() - this.startedAt) / 1000 - processSeconds;
    return { way: this.way, processSeconds, overheadSeconds };
  }
}
