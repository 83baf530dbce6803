import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { AppError, type Challenge, type Hello } from '@uprez/shared';
import type { Clock } from '../clock.ts';
import type { Door, Pending } from './pairing.ts';

const TOKEN_LIFE_MS = 3_600_000;
/** Longer than on a socket, since each step is a request of its own. */
const HANDSHAKE_MS = 10_000;
const MAX_PENDING = 8;

export interface Token {
  token: string;
  /** For the client's eyes; what counts here is the span. */
  expiresAt: number;
}

/** The handshake over HTTP: hello → challenge, proof → a token for an hour. */
export class Sessions {
  private readonly door: Door;
  private readonly clock: Clock;
  private readonly pending = new Map<string, Pending & { until: number }>();
  private readonly tokens = new Map<string, { pairing: string; until: number }>();

  constructor(door: Door, clock: Clock) {
    this.door = door;
    this.clock = clock;
    door.onRevoke((pairing) => {
      for (const [key, token] of this.tokens) if (token.pairing === pairing) this.tokens.delete(key);
    });
  }

  /** Throws `daemon.unauthorized`, `daemon.busy`. */
  open(hello: Hello, port: number): { session: string; challenge: Challenge } {
    const now = this.clock.elapsed();
    for (const [id, { until }] of this.pending) if (until <= now) this.pending.delete(id);
    if (this.pending.size >= MAX_PENDING) throw new AppError('daemon.busy');
    const pending = this.door.greet(hello, port);
    const session = randomUUID();
    this.pending.set(session, { ...pending, until: now + HANDSHAKE_MS });
    return { session, challenge: pending.challenge };
  }

  /** Throws `daemon.unauthorized`, `daemon.busy`. */
  prove(session: string, proof: string): Token {
    const pending = this.pending.get(session);
    this.pending.delete(session);
    const now = this.clock.elapsed();
    if (!pending || pending.until <= now) throw new AppError('daemon.unauthorized');
    const { pairing } = pending.accept(proof);
    for (const [key, { until }] of this.tokens) if (until <= now) this.tokens.delete(key);
    const token = randomBytes(32).toString('hex');
    this.tokens.set(digest(token), { pairing, until: now + TOKEN_LIFE_MS });
    return { token, expiresAt: this.clock.now() + TOKEN_LIFE_MS };
  }

  /** Is this Authorization header good? */
  admits(header: string | undefined): boolean {
    const token = /^Bearer ([0-9a-f]{64})$/.exec(header ?? '')?.[1];
    const known = token === undefined ? undefined : this.tokens.get(digest(token));
    return known !== undefined && known.until > this.clock.elapsed();
  }
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
