import { AppError } from '@uprez/shared';
import type { Clock } from '../clock.ts';

const MAX_FAILURES = 10;
const WINDOW_MS = 60_000;
const COOL_DOWN_MS = 30_000;

/** Stops guessing: after ten failures within a minute nobody may try for half a minute. */
export class Attempts {
  private readonly clock: Clock;
  private failures: number[] = [];
  private closedUntil = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Throws `daemon.busy` during a cool-down. */
  check(): void {
    if (this.clock.elapsed() < this.closedUntil) throw new AppError('daemon.busy');
  }

  /** Counts a failure. A success between failures takes nothing back, or guesses could hide among good tries. */
  fail(): void {
    const now = this.clock.elapsed();
    this.failures = [...this.failures.filter((at) => at > now - WINDOW_MS), now];
    if (this.failures.length < MAX_FAILURES) return;
    this.failures = [];
    this.closedUntil = now + COOL_DOWN_MS;
  }
}
