import { clientKey, clientKeys, type Hello, lastingSecret, type Pair, PROTOCOL, proof, sameProof } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { Door } from '../../src/api/pairing.ts';
import { randomHex } from '../support/clients.ts';
import { codeOf } from '../support/errors.ts';
import { openTestStore } from '../support/store.ts';

const port = 47_810;
const secret = 'a1'.repeat(32);

function openDoor() {
  const test = openTestStore();
  const door = new Door({ instance: { id: 'run-1', secret }, pairings: test.store.pairings, clock: test.clock });
  return { ...test, door, [Symbol.dispose]: () => test[Symbol.dispose]() };
}

const hello = (pairing = 'local'): Hello => ({
  type: 'hello',
  protocol: PROTOCOL,
  client: 'test',
  pairing,
  nonce: randomHex(),
});

/** What a client that knows this secret answers. */
function answerTo(door: Door, opening: Hello, known: string) {
  const pending = door.greet(opening, port);
  const { nonce: serverNonce, instance } = pending.challenge;
  const facts = { clientNonce: opening.nonce, serverNonce, instance, port, protocol: PROTOCOL };
  return { pending, facts, proof: proof(known, 'client', facts) };
}

function wrongProof(door: Door): Promise<string> {
  const { pending } = answerTo(door, hello(), secret);
  return codeOf(() => pending.accept('00'.repeat(32)));
}

/** What a client does with the code that somebody typed. */
function pairBy(door: Door, code: string) {
  const keys = clientKeys(randomHex());
  const pair: Pair = { type: 'pair', protocol: PROTOCOL, client: 'panel', nonce: randomHex(), key: keys.public };
  const { challenge, accept } = door.greetByCode(pair, port);
  const { nonce: serverNonce, instance } = challenge;
  const common = clientKey(keys, code, { clientKey: keys.public, serverKey: challenge.key, salt: serverNonce });
  const facts = { clientNonce: pair.nonce, serverNonce, instance, port, protocol: PROTOCOL };
  return { accept: () => accept(proof(common, 'client', facts)), common, facts, challenge };
}

const another = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('the door', () => {
  it('proves itself first, and admits who knows the secret', () => {
    using test = openDoor();
    const { pending, facts, proof: answer } = answerTo(test.door, hello(), secret);
    expect(sameProof(pending.challenge.proof, proof(secret, 'server', facts))).toBe(true);
    expect(pending.accept(answer)).toEqual({ pairing: 'local', name: 'test' });
  });

  it('refuses who does not know the secret', async () => {
    using test = openDoor();
    const { pending, proof: answer } = answerTo(test.door, hello(), 'b2'.repeat(32));
    expect(await codeOf(() => pending.accept(answer))).toBe('daemon.unauthorized');
  });

  it('refuses its own proof sent back to it', async () => {
    using test = openDoor();
    const { pending } = answerTo(test.door, hello(), secret);
    expect(await codeOf(() => pending.accept(pending.challenge.proof))).toBe('daemon.unauthorized');
  });

  it('refuses a proof that was heard in another conversation', async () => {
    using test = openDoor();
    const opening = hello();
    const heard = answerTo(test.door, opening, secret);
    heard.pending.accept(heard.proof);
    expect(await codeOf(() => heard.pending.accept(heard.proof))).toBe('daemon.unauthorized');
    const replayed = test.door.greet(opening, port);
    expect(await codeOf(() => replayed.accept(heard.proof))).toBe('daemon.unauthorized');
  });

  it('refuses a proof that was made for another port', async () => {
    using test = openDoor();
    const opening = hello();
    const { challenge, accept } = test.door.greet(opening, port);
    const { nonce: serverNonce, instance } = challenge;
    const facts = { clientNonce: opening.nonce, serverNonce, instance, port: port + 1, protocol: PROTOCOL };
    expect(await codeOf(() => accept(proof(secret, 'client', facts)))).toBe('daemon.unauthorized');
  });

  it('refuses a pairing that it does not know', async () => {
    using test = openDoor();
    expect(await codeOf(() => test.door.greet(hello('nobody'), port))).toBe('daemon.unauthorized');
  });

  it('is closed for half a minute after ten wrong proofs, for everybody', async () => {
    using test = openDoor();
    for (let i = 0; i < 10; i++) expect(await wrongProof(test.door)).toBe('daemon.unauthorized');
    expect(await codeOf(() => test.door.greet(hello(), port))).toBe('daemon.busy');
    test.clock.advance(29_999);
    expect(await codeOf(() => test.door.greet(hello(), port))).toBe('daemon.busy');
    test.clock.advance(1);
    expect(await codeOf(() => test.door.greet(hello(), port))).toBe('no error');
  });

  it('stays open for wrong proofs that are rare', async () => {
    using test = openDoor();
    for (let i = 0; i < 30; i++) {
      await wrongProof(test.door);
      test.clock.advance(7000);
    }
    expect(await codeOf(() => test.door.greet(hello(), port))).toBe('no error');
  });

  it('is not closed to others by a revoked client that keeps coming', async () => {
    using test = openDoor();
    for (let i = 0; i < 50; i++) await codeOf(() => test.door.greet(hello('revoked'), port));
    expect(await codeOf(() => test.door.greet(hello(), port))).toBe('no error');
  });
});

describe('a code', () => {
  it('makes a lasting pairing of which only the two sides know the secret', () => {
    using test = openDoor();
    const { code } = test.door.offer();
    expect(code).toMatch(/^\d{6}$/);
    const pair = pairBy(test.door, code);
    const admitted = pair.accept();
    expect(sameProof(admitted.proof, proof(pair.common, 'server', pair.facts))).toBe(true);
    const lasting = lastingSecret(pair.common, admitted.pairing);
    const again = answerTo(test.door, hello(admitted.pairing), lasting);
    expect(again.pending.accept(again.proof).pairing).toBe(admitted.pairing);
    expect(test.door.list()).toMatchObject([{ id: admitted.pairing, name: 'panel', lastSeenAt: test.clock.now() }]);
    expect(JSON.stringify(test.door.list())).not.toContain(lasting);
  });

  it('is not hinted at before the client has proven that it knows it', () => {
    using test = openDoor();
    const { code } = test.door.offer();
    const { challenge } = pairBy(test.door, another(code));
    expect(Object.keys(challenge).toSorted()).toEqual(['instance', 'key', 'nonce', 'protocol', 'type']);
  });

  it('works once', async () => {
    using test = openDoor();
    const { code } = test.door.offer();
    pairBy(test.door, code).accept();
    expect(await codeOf(() => pairBy(test.door, code))).toBe('daemon.unauthorized');
  });

  it('works for one of two clients that use it at the same time', async () => {
    using test = openDoor();
    const { code } = test.door.offer();
    const [first, second] = [pairBy(test.door, code), pairBy(test.door, code)];
    second.accept();
    expect(await codeOf(first.accept)).toBe('daemon.unauthorized');
    expect(test.door.list()).toHaveLength(1);
  });

  it('is gone after five tries, right or wrong', async () => {
    using test = openDoor();
    const { code } = test.door.offer();
    for (let i = 0; i < 5; i++)
      expect(await codeOf(pairBy(test.door, another(code)).accept)).toBe('daemon.unauthorized');
    expect(await codeOf(() => pairBy(test.door, code))).toBe('daemon.unauthorized');
    expect(test.door.list()).toEqual([]);
  });

  it('is gone after five tries that were begun and left', async () => {
    using test = openDoor();
    const { code } = test.door.offer();
    for (let i = 0; i < 5; i++) pairBy(test.door, code);
    expect(await codeOf(() => pairBy(test.door, code))).toBe('daemon.unauthorized');
  });

  it('is gone after two minutes, also for a try that was begun before', async () => {
    using test = openDoor();
    const { code } = test.door.offer();
    const begun = pairBy(test.door, code);
    test.clock.advance(120_000);
    expect(await codeOf(begun.accept)).toBe('daemon.unauthorized');
    expect(await codeOf(() => pairBy(test.door, code))).toBe('daemon.unauthorized');
  });

  it('does not exist until somebody asks for one', async () => {
    using test = openDoor();
    expect(await codeOf(() => pairBy(test.door, '000000'))).toBe('daemon.unauthorized');
  });
});

describe('a revoked pairing', () => {
  it('opens the door no longer, not even where the hello came before', async () => {
    using test = openDoor();
    const { code } = test.door.offer();
    const pair = pairBy(test.door, code);
    const { pairing } = pair.accept();
    const begun = answerTo(test.door, hello(pairing), lastingSecret(pair.common, pairing));
    const revoked: string[] = [];
    test.door.onRevoke((id) => revoked.push(id));
    test.door.revoke(pairing);
    expect(revoked).toEqual([pairing]);
    expect(await codeOf(() => begun.pending.accept(begun.proof))).toBe('daemon.unauthorized');
    expect(await codeOf(() => test.door.greet(hello(pairing), port))).toBe('daemon.unauthorized');
  });
});
