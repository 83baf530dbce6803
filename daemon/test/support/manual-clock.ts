import type { Clock } from '../../src/clock.ts';

/** Time that stands still until the test moves it. */
export class ManualClock implements Clock {
  private time: number;
  private jumped = 0;
  private timers: { at: number; callback: () => void }[] = [];

  constructor(time = 1_800_000_000_000) {
    this.time = time;
  }

  /** How many callbacks wait for their time. */
  get pending(): number {
    return this.timers.length;
  }

  now(): number {
    return this.time + this.jumped;
  }

  elapsed(): number {
    return this.time;
  }

  /** Somebody sets the clock. */
  jump(ms: number): void {
    this.jumped += ms;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.time + delayMs, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Moves on, calling back whatever falls due, in order. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (let due = this.next(end); due; due = this.next(end)) {
      this.time = due.at;
      due.callback();
    }
    this.time = end;
  }

  private next(end: number): { at: number; callback: () => void } | undefined {
    const [first] = this.timers.filter((timer) => timer.at <= end).toSorted((a, b) => a.at - b.at);
    this.timers = this.timers.filter((timer) => timer !== first);
    return first;
  }
}
