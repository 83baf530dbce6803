import type { Chance } from '../../../../daemon/test/support/chance.ts';

/** What a call to the host costs: its way there and back, and its turn on the one thread that serves all of them. */
const ROUND_TRIP_MS = 1;
const CALL_MS = 0.15;
/** Longer waits of the plugin are polls and heartbeats, which run beside what is measured. */
const LONGEST_WAIT_MS = 100;
/** Shorter than the panel's polls. */
const IDLE_MS = 1500;

/**
 * Premiere's main thread. Answers come in a later macrotask, those of one moment in any order. Its clock counts what a
 * real host would take, whatever this machine takes.
 */
export class HostThread {
  now = 0;
  calls = 0;
  private waiting: (() => void)[] = [];
  private alarm: { calls: number; ring: () => void } | undefined;
  private readonly chance: Chance;

  constructor(chance: Chance) {
    this.chance = chance;
  }

  answer<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) setTimeout(() => this.serve(), 0);
      this.waiting.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  /** Does something in the middle of things: when so many more calls were served, before the answers arrive. */
  after(calls: number, ring: () => void): void {
    this.alarm = { calls: this.calls + calls, ring };
  }

  /** Resolves when there were no calls for a while. */
  async rest(): Promise<void> {
    for (let last = -1; last !== this.calls;) {
      last = this.calls;
      await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    }
  }

  /** Is a wait of the plugin part of what is measured? */
  isShort(ms: number): boolean {
    return ms <= LONGEST_WAIT_MS;
  }

  /** The plugin has waited for so long, counted from then. */
  waited(since: number, ms: number): void {
    if (this.isShort(ms)) this.now = Math.max(this.now, since + ms);
  }

  private serve(): void {
    const calls = this.waiting;
    this.waiting = [];
    this.now += ROUND_TRIP_MS + CALL_MS * calls.length;
    for (const call of this.chance.shuffled(calls)) {
      this.calls += 1;
      const { alarm } = this;
      if (alarm && this.calls >= alarm.calls) {
        this.alarm = undefined;
        alarm.ring();
      }
      call();
    }
  }
}
