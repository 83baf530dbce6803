import type { StepStatistics } from '@uprez/shared';

/** Mean and deviation of a growing series without keeping it (Welford 1962). */
export class RunningStatistics {
  private count = 0;
  private mean = 0;
  private squares = 0;
  private least = Infinity;
  private most = 0;

  add(milliseconds: number): void {
    this.count += 1;
    const difference = milliseconds - this.mean;
    this.mean += difference / this.count;
    this.squares += difference * (milliseconds - this.mean);
    this.least = Math.min(this.least, milliseconds);
    this.most = Math.max(this.most, milliseconds);
  }

  summary(): StepStatistics {
    const deviationMs = this.count > 1 ? Math.sqrt(this.squares / (this.count - 1)) : 0;
    return { count: this.count, minMs: this.count ? this.least : 0, maxMs: this.most, meanMs: this.mean, deviationMs };
  }
}
