import type { Chance } from '../support/chance.ts';

/** One experiment of the programme: something is done very often, and every time it has to go well. */
export interface Experiment {
  id: string;
  /** What is done, and what has to come of it. */
  claim: string;
  /** How often in the whole programme and in the short one, in the experiment's own unit. */
  volume: { full: number; short: number };
  unit: string;
  /** Set where it measures time or memory of the whole: nothing else may run beside it. */
  alone?: true;
  /** Why it can't be done on this computer; undefined where it can. */
  hindrance?: () => string | undefined;
  run(order: Order): Promise<Outcome>;
}

export interface Order {
  volume: number;
  chance: Chance;
  /** For people who wait. */
  say(text: string): void;
}

export interface Outcome {
  /** How often it was done. */
  done: number;
  /** What went wrong, one sentence each; empty is the claim. */
  bad: string[];
  /** Measured on the way. */
  notes: string[];
}

/**
 * With no failure among n independent tries, the rate of failures is below this share in 95 of 100 such programmes: the
 * "rule of three" (Hanley and Lippman-Hand, 1983).
 */
export function upperBound({ done, bad }: Pick<Outcome, 'done' | 'bad'>): string {
  if (bad.length > 0 || done === 0) return '–';
  return `${((100 * 3) / done).toPrecision(2)} %`;
}

/** Only so many sentences: whoever breaks everything should not fill the report. */
export class Complaints {
  private readonly most = 20;
  private count = 0;
  private readonly kept: string[] = [];

  expect(ok: boolean, sentence: () => string): void {
    if (ok) return;
    this.count += 1;
    if (this.kept.length < this.most) this.kept.push(sentence());
  }

  get list(): string[] {
    const more = this.count - this.kept.length;
    return more > 0 ? [...this.kept, `and ${more} more`] : this.kept;
  }
}
