import { existsSync, readFileSync } from 'node:fs';
import { callNames, PROTOCOL, proof } from '@uprez/shared';
import { readEndpoint } from '../../src/instance.ts';
import type { Chance } from '../support/chance.ts';
import { randomHex } from '../support/clients.ts';
import { RawSocket } from '../support/http.ts';
import { openHouse } from '../support/uprez-process.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';
import { until } from './until.ts';

const SOCKETS = 50;
/**
 * Calls that would end the experiment, reach out of the computer, open windows or try out how fast it is, if a malformed
 * one happened to be right.
 */
const never = ['shutdown', 'pullModel', 'testKey', 'setKey', 'showDashboard', 'getHealth', 'getDiagnostics'];
const names = callNames.filter((name) => !never.includes(name) && !name.startsWith('reveal'));
/** A batch at a time, so that nobody has more calls under way than a client may. */
const BATCH = 40;
/** The first third is for caches and the compiler. */
const WARM = 1 / 3;
/** What the heap of a server may grow by afterwards, in bytes; a leak of a kilobyte a message would be more. */
const MOST_GROWTH = 50e6;

export const messages: Experiment = {
  id: 'S2',
  claim: 'Malformed messages are all answered, end nothing and leak nothing',
  unit: 'messages',
  volume: { full: 100_000, short: 1000 },
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    await using house = openHouse();
    const daemon = await house.daemon();
    const endpoint = house.file('data', 'endpoint.json');
    const complaints = new Complaints();
    await chat(await admit(endpoint), { chance, count: 500 });
    let warm = 0;
    const each = Math.ceil(volume / SOCKETS);
    for (let first = 0; first < SOCKETS; first += 5) {
      if (first <= SOCKETS * WARM) warm = residentBytes(daemon.pid);
      const sockets = await Promise.all(Array.from({ length: 5 }, () => admit(endpoint)));
      const answers = await Promise.all(sockets.map((socket) => chat(socket, { chance, count: each })));
      for (const { sent, answered } of answers)
        complaints.expect(sent === answered, () => `${sent} messages sent, ${answered} answered`);
      if (first % 10 === 5) say(`${(first + 5) * each} messages`);
    }
    const strangers = Math.min(1000, volume / 10);
    for (let i = 0; i < strangers; i++) {
      const end = await intrude(endpoint, chance);
      complaints.expect(end, () => 'a stranger was not cut off');
    }
    const growth = residentBytes(daemon.pid) - warm;
    complaints.expect(growth < MOST_GROWTH, () => `the server grew by ${Math.round(growth / 1e6)} MB`);
    complaints.expect((await daemon.client.call('listJobs', {})).length === 0, () => 'there are jobs');
    await daemon.stop();
    complaints.expect((await daemon.ended) === 0, () => 'the daemon did not end well');
    const notes = [
      `${strangers} of strangers besides`,
      `the server grew by ${Math.round(growth / 1e6)} MB in the last two thirds`,
    ];
    return {
      done: each * SOCKETS,
      bad: [...complaints.list, ...crashes(house.file('data', 'log', 'uprez.log'))],
      notes,
    };
  },
};

/** Lines that only a bug writes. */
export function crashes(log: string): string[] {
  const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
  const lines = text.split('\n').filter((line) => /the daemon breaks|"unknown error"/.test(line));
  return lines.slice(0, 5).map((line) => `log: ${line.slice(0, 300)}`);
}

/** A socket whose client has proven itself. */
export async function admit(endpointFile: string): Promise<RawSocket> {
  const { port, pairing } = readEndpoint(endpointFile)!;
  for (;;) {
    const socket = new RawSocket(port);
    const nonce = randomHex();
    const opened = await Promise.race([socket.opened.then(() => true), socket.closed.then(() => false)]);
    // Too many at the door at once.
    if (!opened) continue;
    await socket.say({ type: 'hello', protocol: PROTOCOL, client: 'fuzzer', pairing: 'local', nonce });
    await heard(socket, 'challenge');
    const challenge = socket.heard[0] as { nonce: string; instance: string };
    const facts = {
      clientNonce: nonce,
      serverNonce: challenge.nonce,
      instance: challenge.instance,
      port,
      protocol: PROTOCOL,
    };
    await socket.say({ type: 'proof', proof: proof(pairing.secret, 'client', facts) });
    await heard(socket, 'snapshot');
    return socket;
  }
}

async function heard(socket: RawSocket, type: string): Promise<void> {
  await until(() => socket.heard.some((message) => message['type'] === type));
}

interface Chat {
  chance: Chance;
  count: number;
}

/** Says malformed things and counts the answers. */
async function chat(socket: RawSocket, { chance, count }: Chat): Promise<{ sent: number; answered: number }> {
  let answered = 0;
  for (let sent = 0; sent < count; sent += BATCH) {
    const size = Math.min(BATCH, count - sent);
    socket.heard.length = 0;
    for (let i = 0; i < size; i++) await socket.say(malformed(chance));
    const answers = (): number =>
      socket.heard.filter(({ type }) => ['reply', 'refusal', 'pong'].includes(String(type))).length;
    let over = false;
    void socket.closed.then(() => (over = true));
    await until(() => answers() >= size || over);
    answered += answers();
    if (over) break;
  }
  socket.close();
  return { sent: count, answered };
}

/** One malformed message of somebody who has proven nothing. Resolves to whether the line was cut. */
async function intrude(endpointFile: string, chance: Chance): Promise<boolean> {
  const socket = new RawSocket(readEndpoint(endpointFile)!.port);
  const opened = await Promise.race([socket.opened.then(() => true), socket.closed.then(() => false)]);
  if (opened) await socket.say(malformed(chance));
  await socket.closed;
  return socket.heard.every(({ type }) => type === 'refusal');
}

type Make = (chance: Chance) => string | Buffer;

const pick = <T>(chance: Chance, values: readonly T[]): T => values[Math.floor(chance.fraction() * values.length)]!;

/** Values that programs stumble over. */
const oddValues: readonly ((chance: Chance) => unknown)[] = [
  () => null,
  () => -1,
  () => 1e308,
  () => Number.MAX_SAFE_INTEGER + 2,
  () => '',
  () => '../../../etc/passwd',
  () => '\u0000\u202e\ufeff',
  () => 'x'.repeat(5000),
  () => [],
  () => [[[[[[[[]]]]]]]],
  () => ({}),
  () => ({ __proto__: { admin: true }, constructor: { prototype: {} } }),
  () => Object.fromEntries(['toString', 'then', 'length'].map((name) => [name, -1])),
  () => true,
  (chance) => Array.from({ length: 50 }, () => chance.fraction()),
  (chance) => String(chance.fraction()),
];

const makes: readonly Make[] = [
  // No JSON at all, half of it, too deep, too much.
  (chance) => 'x'.repeat(Math.floor(chance.fraction() * 200)),
  (chance) => JSON.stringify(call(chance)).slice(0, -1 - Math.floor(chance.fraction() * 10)),
  () => '['.repeat(10_000) + ']'.repeat(10_000),
  () => `{"a":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`,
  () => `{"type":"call","id":1,"name":"probe","params":{"path":"${'y'.repeat(100_000)}"}}`,
  () => '{"type":"call","id":1e999,"name":"listJobs","params":{}}',
  () => '{"__proto__":{"type":"ping"},"type":"call"}',
  () => '{"type":"ping","type":"call"}',
  (chance) => Buffer.from(Array.from({ length: 64 }, () => Math.floor(chance.fraction() * 256))),
  // JSON of the wrong kind, and of the right kind at the wrong time.
  (chance) => JSON.stringify(pick(chance, oddValues)(chance) ?? null),
  (chance) => JSON.stringify({ type: pick(chance, ['hello', 'pair', 'proof', 'snapshot', 'job', '']), id: 1 }),
  (chance) =>
    JSON.stringify({
      ...call(chance),
      [pick(chance, ['id', 'name', 'type', 'more'])]: pick(chance, oddValues)(chance),
    }),
  // Known calls with strange parameters: what arrives at the handlers.
  (chance) => JSON.stringify(call(chance)),
  (chance) => JSON.stringify(call(chance)),
  (chance) => JSON.stringify(call(chance)),
];

function malformed(chance: Chance): string | Buffer {
  return pick(chance, makes)(chance);
}

const parameterNames = [
  'id',
  'path',
  'jobs',
  'task',
  'backend',
  'scale',
  'model',
  'outputFolder',
  'paused',
  '__proto__',
];

function call(chance: Chance): Record<string, unknown> {
  const count = Math.floor(chance.fraction() * 4);
  const params = Object.fromEntries(
    Array.from({ length: count }, () => [pick(chance, parameterNames), pick(chance, oddValues)(chance)]),
  );
  return { type: 'call', id: Math.floor(chance.fraction() * 1e6), name: pick(chance, names), params };
}

/** VmRSS of proc(5); 0 where the system does not tell. */
export function residentBytes(pid: number): number {
  if (process.platform !== 'linux') return 0;
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024;
}
