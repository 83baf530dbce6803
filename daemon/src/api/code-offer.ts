import { randomInt } from 'node:crypto';
import { AppError } from '@uprez/shared';
import type { Clock } from '../clock.ts';

const LIFE_MS = 120_000;
const MAX_TRIES = 5;

export interface Offer {
  code: string;
  expiresAt: number;
}

/** The six-digit code that is on show, if any: two minutes, five tries, one use. A new one replaces the old. */
export class CodeOffer {
  private readonly clock: Clock;
  private current: { code: string; until: number; tries: number } | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  open(): Offer {
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    this.current = { code, until: this.clock.elapsed() + LIFE_MS, tries: 0 };
    return { code, expiresAt: this.clock.now() + LIFE_MS };
  }

  /** The code for one try, which counts even when the client leaves without an answer. Throws `daemon.unauthorized`. */
  take(): string {
    const offer = this.current;
    if (!offer || this.clock.elapsed() >= offer.until || offer.tries >= MAX_TRIES) {
      this.current = undefined;
      throw new AppError('daemon.unauthorized');
    }
    offer.tries += 1;
    return offer.code;
  }

  /** Uses the code up. Of two clients that both had it, the first wins. Throws `daemon.unauthorized`. */
  redeem(code: string): void {
    const offer = this.current;
    if (offer?.code !== code || this.clock.elapsed() >= offer.until) throw new AppError('daemon.unauthorized');
    this.current = undefined;
  }
}
