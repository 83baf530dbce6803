import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';

const LINK_LIFE_MS = 60_000;
const COOKIE_LIFE_MS = 12 * 3_600_000;
const COOKIE = 'uprez';

/**
 * Lets the browser in: a link that works once, within a minute, becomes a cookie that scripts can't read and that other
 * sites can't send.
 */
export class Dashboard {
  private readonly clock: Clock;
  private readonly links = new Map<string, number>();
  private readonly cookies = new Map<string, number>();
  private origin = '';

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Call once the daemon listens. */
  serveAt(port: number): void {
    this.origin = `http://127.0.0.1:${port}`;
  }

  link(): string {
    return `${this.origin}/open/${this.issue(this.links, LINK_LIFE_MS)}`;
  }

  /** The Set-Cookie header for a link that was not used yet, or undefined. */
  redeem(link: string): string | undefined {
    const valid = this.valid(this.links, link);
    this.links.delete(digest(link));
    if (!valid) return undefined;
    const cookie = this.issue(this.cookies, COOKIE_LIFE_MS);
    return `${COOKIE}=${cookie}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${COOKIE_LIFE_MS / 1000}`;
  }

  /** Does this Cookie header hold a cookie of ours? */
  admits(header: string | undefined): boolean {
    const pairs = (header ?? '').split(';').map((pair) => pair.trim().split('='));
    return pairs.some(([name, value]) => name === COOKIE && value !== undefined && this.valid(this.cookies, value));
  }

  /** Only digests are kept, so comparing takes no longer for a better guess. */
  private issue(kept: Map<string, number>, lifeMs: number): string {
    const now = this.clock.elapsed();
    for (const [key, expiresAt] of kept) if (expiresAt <= now) kept.delete(key);
    const value = randomBytes(32).toString('hex');
    kept.set(digest(value), now + lifeMs);
    return value;
  }

  private valid(kept: Map<string, number>, value: string): boolean {
    return (kept.get(digest(value)) ?? 0) > this.clock.elapsed();
  }
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
