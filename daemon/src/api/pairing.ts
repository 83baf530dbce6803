import { randomBytes, randomUUID } from 'node:crypto';
import {
  AppError,
  type Challenge,
  type CodeChallenge,
  type Exchange,
  type Handshake,
  type Hello,
  lastingSecret,
  type Pair,
  type Pairing,
  PROTOCOL,
  proof,
  sameProof,
  serverKey,
  serverKeys,
} from '@uprez/shared';
import type { Clock } from '../clock.ts';
import type { PairingTable } from '../store/pairings.ts';
import { Attempts } from './attempts.ts';
import { CodeOffer, type Offer } from './code-offer.ts';

/** A client that has proven who it is. */
export interface Admitted {
  pairing: string;
  name: string;
}

/** A client that has been asked to prove itself. `accept` may be called once; it throws `daemon.unauthorized`. */
export interface Pending {
  challenge: Challenge;
  accept(clientProof: string): Admitted;
}

export interface PendingPair {
  challenge: CodeChallenge;
  accept(clientProof: string): Admitted & { proof: string };
}

export interface DoorParts {
  /** This run of the daemon, and the secret of the endpoint file. */
  instance: { readonly id: string; readonly secret: string };
  pairings: PairingTable;
  clock: Clock;
}

/** Lets clients in: by a pairing's secret, or by the six-digit code, which makes a new pairing. */
export class Door {
  private readonly instance: DoorParts['instance'];
  private readonly pairings: PairingTable;
  private readonly clock: Clock;
  private readonly attempts: Attempts;
  private readonly codes: CodeOffer;
  private readonly revokeListeners = new Set<(pairing: string) => void>();
  private readonly listListeners = new Set<() => void>();

  constructor({ instance, pairings, clock }: DoorParts) {
    this.instance = instance;
    this.pairings = pairings;
    this.clock = clock;
    this.attempts = new Attempts(clock);
    this.codes = new CodeOffer(clock);
  }

  /** Answers a hello with the daemon's own proof. Throws `daemon.unauthorized`, `daemon.busy`. */
  greet(hello: Hello, port: number): Pending {
    this.attempts.check();
    const secret = hello.pairing === 'local' ? this.instance.secret : this.pairings.secret(hello.pairing);
    // Not counted as a failure: nothing can be guessed here, and a revoked client that comes again and again must not
    // close the door to the others.
    if (secret === undefined) throw new AppError('daemon.unauthorized');
    const { handshake, ...opening } = this.open(hello.nonce, port);
    const challenge: Challenge = { type: 'challenge', ...opening, proof: proof(secret, 'server', handshake) };
    const expected = proof(secret, 'client', handshake);
    return { challenge, accept: this.once((given) => this.admit(hello, { given, expected })) };
  }

  /** Answers a client that was told the code. Its proof must come before the daemon's (see code-pairing.ts). */
  greetByCode(pair: Pair, port: number): PendingPair {
    return this.guarded(() => {
      const code = this.codes.take();
      const { handshake, ...opening } = this.open(pair.nonce, port);
      const keys = serverKeys(randomBytes(32).toString('hex'), code, opening.nonce);
      const exchange: Exchange = { clientKey: pair.key, serverKey: keys.public, salt: opening.nonce };
      const common = serverKey(keys, code, exchange);
      const challenge: CodeChallenge = { type: 'code-challenge', ...opening, key: keys.public };
      const accept = this.once((given) => {
        if (!sameProof(given, proof(common, 'client', handshake))) throw new AppError('daemon.unauthorized');
        this.codes.redeem(code);
        return { ...this.addPairing(pair.client, common), proof: proof(common, 'server', handshake) };
      });
      return { challenge, accept };
    });
  }

  /** Shows a new code for two minutes. */
  offer(): Offer {
    return this.codes.open();
  }

  list(): Pairing[] {
    return this.pairings.list();
  }

  /** The client has to pair again, and its connections end now. */
  revoke(id: string): void {
    this.pairings.remove(id);
    for (const listener of this.revokeListeners) listener(id);
    for (const listener of this.listListeners) listener();
  }

  onRevoke(listener: (pairing: string) => void): void {
    this.revokeListeners.add(listener);
  }

  /** Calls back after a client was paired or revoked. */
  onListChange(listener: () => void): void {
    this.listListeners.add(listener);
  }

  private open(clientNonce: string, port: number) {
    const nonce = randomBytes(32).toString('hex');
    const instance = this.instance.id;
    const handshake: Handshake = { clientNonce, serverNonce: nonce, instance, port, protocol: PROTOCOL };
    return { protocol: PROTOCOL, instance, nonce, handshake };
  }

  private admit({ pairing, client }: Hello, { given, expected }: { given: string; expected: string }): Admitted {
    // It may have been revoked since the hello.
    const known = pairing === 'local' || this.pairings.secret(pairing) !== undefined;
    if (!known || !sameProof(given, expected)) throw new AppError('daemon.unauthorized');
    if (pairing !== 'local') this.pairings.seen(pairing, this.clock.now());
    return { pairing, name: client };
  }

  private addPairing(name: string, common: string): Admitted {
    const id = randomUUID();
    this.pairings.add({ id, name, secret: lastingSecret(common, id), createdAt: this.clock.now() });
    for (const listener of this.listListeners) listener();
    return { pairing: id, name };
  }

  private once<T>(check: (given: string) => T): (given: string) => T {
    let used = false;
    return (given) =>
      this.guarded(() => {
        if (used) throw new AppError('daemon.unauthorized');
        used = true;
        return check(given);
      });
  }

  /** Every wrong proof and wrong code counts towards the cool-down. */
  private guarded<T>(work: () => T): T {
    this.attempts.check();
    try {
      return work();
    } catch (error) {
      this.attempts.fail();
      throw error;
    }
  }
}
