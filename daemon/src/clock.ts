/** Time as the daemon sees it; tests move it by hand. */
export interface Clock {
  /** Milliseconds since 1970, as people's clocks show it: they are set forward and back. For dates, never for spans. */
  now(): number;
  /** Milliseconds since some moment, which only ever grow; sleep of the computer may or may not count. For spans. */
  elapsed(): number;
  /** Calls back once after that many milliseconds, unless the returned function is called before. */
  after(delayMs: number, callback: () => void): () => void;
}

/** What a timer of Node can hold; a longer one would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, Math.min(delayMs, MAX_DELAY_MS));
    // A waiting timer is never a reason to keep the daemon alive.
    timer.unref();
    return () => clearTimeout(timer);
  },
};
