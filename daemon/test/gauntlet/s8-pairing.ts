import { once } from 'node:events';
import { clientKey, clientKeys, DaemonClient, type Hello, type Pair, PROTOCOL, proof } from '@uprez/shared';
import { WebSocketServer } from 'ws';
import { Door } from '../../src/api/pairing.ts';
import type { Chance } from '../support/chance.ts';
import { connectAs, openSocket, randomHex } from '../support/clients.ts';
import { codeOf } from '../support/errors.ts';
import { openTestStore, type TestStore } from '../support/store.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';

const port = 47_810;
const secret = randomHex();

type Attack = (at: { door: Door; test: TestStore; chance: Chance }) => Promise<string | undefined>;

const hello = (pairing = 'local'): Hello => ({
  type: 'hello',
  protocol: PROTOCOL,
  client: 'x',
  pairing,
  nonce: randomHex(),
});

/** Each resolves to how it got in, or to undefined where it did not. */
const attacks: Readonly<Record<string, Attack>> = {
  async 'guessing a code'({ door, chance }) {
    door.offer();
    const guess = String(Math.floor(chance.fraction() * 1e6)).padStart(6, '0');
    return entersByCode(door, guess);
  },
  async 'the code after its time'({ door, test }) {
    const { code } = door.offer();
    test.clock.advance(120_000);
    return entersByCode(door, code);
  },
  async 'the code after five tries'({ door }) {
    const { code } = door.offer();
    for (let i = 0; i < 5; i++) {
      await entersByCode(door, otherThan(code));
    }
    return entersByCode(door, code);
  },
  async 'a guessed proof'({ door }) {
    return admitted(() => door.greet(hello(), port).accept(randomHex()));
  },
  async 'the proof of another conversation'({ door }) {
    const opening = hello();
    const first = door.greet(opening, port);
    const good = proofFor(opening, first.challenge, secret);
    first.accept(good);
    return admitted(() => door.greet(opening, port).accept(good));
  },
  async 'the same proof twice'({ door }) {
    const opening = hello();
    const pending = door.greet(opening, port);
    const good = proofFor(opening, pending.challenge, secret);
    pending.accept(good);
    return admitted(() => pending.accept(good));
  },
  async 'the server’s own proof sent back'({ door }) {
    const pending = door.greet(hello(), port);
    return admitted(() => pending.accept(pending.challenge.proof));
  },
  async 'a proof for another port'({ door }) {
    const opening = hello();
    const pending = door.greet(opening, port + 1);
    return admitted(() => pending.accept(proofFor(opening, pending.challenge, secret)));
  },
  async 'a pairing that was revoked'({ door }) {
    return admitted(() => door.greet(hello('revoked'), port).accept(randomHex()));
  },
};

export const pairing: Experiment = {
  id: 'S8',
  claim: 'Nobody is let in by guessing, replaying or standing in for the daemon, and an impostor learns no secret',
  unit: 'attacks',
  volume: { full: 1000, short: 40 },
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    using test = openTestStore();
    const door = new Door({ instance: { id: 'run', secret }, pairings: test.store.pairings, clock: test.clock });
    const complaints = new Complaints();
    const impostors = Math.ceil(volume * 0.15);
    const kinds = Object.entries(attacks);
    for (let i = 0; i < volume - impostors; i++) {
      const [name, attack] = kinds[i % kinds.length]!;
      // The cool-down after many failures would make it too easy for the rest.
      test.clock.advance(61_000);
      const entered = await attack({ door, test, chance });
      complaints.expect(entered === undefined, () => `${name}: ${entered}`);
      if (i % 200 === 0) say(`${i + 1} attacks`);
    }
    for (let i = 0; i < impostors; i++) {
      const learned = await standIn(i % 2 === 0);
      complaints.expect(learned === undefined, () => `an impostor heard ${learned}`);
    }
    complaints.expect(door.list().length === 0, () => 'there are pairings');
    const limits = 'one code: five tries in two minutes, so a guess succeeds once in 200 000 codes';
    return { done: volume, bad: complaints.list, notes: [`${impostors} of them impostors on the port`, limits] };
  },
};

async function admitted(enter: () => unknown): Promise<string | undefined> {
  return (await codeOf(async () => enter())) === 'no error' ? 'admitted' : undefined;
}

function proofFor(opening: Hello, challenge: { nonce: string; instance: string }, known: string): string {
  const { nonce: serverNonce, instance } = challenge;
  return proof(known, 'client', { clientNonce: opening.nonce, serverNonce, instance, port, protocol: PROTOCOL });
}

function entersByCode(door: Door, code: string): Promise<string | undefined> {
  return admitted(() => {
    const keys = clientKeys(randomHex());
    const pair: Pair = { type: 'pair', protocol: PROTOCOL, client: 'x', nonce: randomHex(), key: keys.public };
    const { challenge, accept } = door.greetByCode(pair, port);
    const { nonce: serverNonce, instance } = challenge;
    const common = clientKey(keys, code, { clientKey: keys.public, serverKey: challenge.key, salt: serverNonce });
    return accept(
      proof(common, 'client', { clientNonce: pair.nonce, serverNonce, instance, port, protocol: PROTOCOL }),
    );
  });
}

function otherThan(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

/** Takes the daemon's place on a port; resolves to what of a client's secret it heard, or how it was believed. */
async function standIn(byCode: boolean): Promise<string | undefined> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  const heard: string[] = [];
  server.on('connection', (socket) =>
    socket.on('message', (bytes: Buffer) => {
      heard.push(bytes.toString());
      const common = { protocol: PROTOCOL, instance: 'x', nonce: randomHex() };
      const challenge = byCode
        ? { type: 'code-challenge', ...common, key: randomHex().repeat(8) }
        : { type: 'challenge', ...common, proof: randomHex() };
      socket.send(
        JSON.stringify(heard.length === 1 ? challenge : { type: 'paired', pairing: 'x', proof: randomHex() }),
      );
    }),
  );
  await once(server, 'listening');
  const at = (server.address() as { port: number }).port;
  const known = randomHex();
  const code = '123456';
  const work = byCode
    ? DaemonClient.pair({
        socket: openSocket(at),
        port: at,
        code,
        name: 'panel',
        nonce: randomHex(),
        random: randomHex(),
      })
    : connectAs(at, { kind: 'pairing', id: 'local', secret: known });
  const outcome = await codeOf(work);
  server.close();
  for (const client of server.clients) client.terminate();
  if (outcome === 'no error') return 'a client that believed it';
  const text = heard.join('\n');
  return text.includes(known) || text.includes(code) ? text : undefined;
}
