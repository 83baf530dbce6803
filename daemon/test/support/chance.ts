/** Repeatable chance: the same seed gives the same sequence (Mulberry32, Tommy Ettinger). */
export class Chance {
  readonly seed: number;
  private state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.state = seed;
  }

  /** From 0 (included) to 1 (excluded). */
  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** The values in another order. */
  shuffled<T>(values: readonly T[]): T[] {
    return values
      .map((value) => ({ value, key: this.fraction() }))
      .sort((a, b) => a.key - b.key)
      .map(({ value }) => value);
  }
}

/** Seed of the run: given by the environment to repeat one, else another each time. */
export function chosenSeed(): number {
  return Number(process.env['UPREZ_TEST_SEED'] ?? Math.floor(Math.random() * 1e9));
}
