import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PROTOCOL, proof } from '@uprez/shared';
import { readEndpoint } from '../../src/instance.ts';
import { randomHex } from '../support/clients.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RawSocket } from '../support/http.ts';
import { ScriptedBackend } from '../support/scripted-backend.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';
import { until } from './until.ts';

/** Forms of the Host header; those marked are ours. PORT is the daemon's. */
const hosts: readonly [text: string | null, ours: boolean][] = [
  ['127.0.0.1:PORT', true],
  ['localhost:PORT', true],
  ['LocalHost:PORT', true],
  ['[::1]:PORT', true],
  [null, false],
  ['', false],
  [':PORT', false],
  ['127.0.0.1', false],
  ['localhost', false],
  ['127.0.0.1:1', false],
  ['127.0.0.1:PORT.', false],
  ['127.0.0.1.:PORT', false],
  ['localhost.:PORT', false],
  ['localhost.evil.example:PORT', false],
  ['evil-localhost:PORT', false],
  ['rebound.example:PORT', false],
  ['0.0.0.0:PORT', false],
  ['0177.0.0.1:PORT', false],
  ['2130706433:PORT', false],
  ['127.1:PORT', false],
  ['[::ffff:127.0.0.1]:PORT', false],
  ['127.0.0.1:PORT, evil.example', false],
  ['evil@127.0.0.1:PORT', false],
  ['127.0.0.1:PORT/evil', false],
];

type Place = 'own' | 'program' | 'page';

/** Forms of the Origin header, and who sends them: our own dashboard, a program, or a page of somebody else. */
const origins: readonly [text: string | null, place: Place][] = [
  [null, 'program'],
  ['file://', 'program'],
  ['app://premiere', 'program'],
  ['uxp://panel', 'program'],
  ['http://127.0.0.1:PORT', 'own'],
  ['http://localhost:PORT', 'own'],
  ['http://[::1]:PORT', 'own'],
  ['null', 'page'],
  ['https://127.0.0.1:PORT', 'page'],
  ['http://127.0.0.1', 'page'],
  ['http://127.0.0.1:1', 'page'],
  ['http://localhost:3000', 'page'],
  ['http://127.0.0.1:PORT.evil.example', 'page'],
  ['http://evil.example:PORT', 'page'],
  ['https://evil.example', 'page'],
  ['HTTPS://EVIL.EXAMPLE', 'page'],
  ['http://127.0.0.1:PORT@evil.example', 'page'],
  ['http://rebound.example:PORT', 'page'],
];

const credentials = [
  'secret',
  'wrong secret',
  'unknown pairing',
  'cookie',
  'wrong cookie',
  'call without a word',
] as const;
type Credential = (typeof credentials)[number];

export const handshakes: Experiment = {
  id: 'S1',
  claim: 'Every combination of Host, Origin and credential is decided as the rules say',
  unit: 'handshakes',
  volume: { full: hosts.length * origins.length * credentials.length, short: 108 },
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    const clock = new ManualClock();
    await using daemon = await startTestDaemon({ backends: [new ScriptedBackend()], clock });
    let cookie = '';
    const cells = hosts.flatMap((host) => origins.flatMap((origin) => credentials.map((by) => ({ host, origin, by }))));
    const complaints = new Complaints();
    for (const [index, { host, origin, by }] of chance.shuffled(cells).slice(0, volume).entries()) {
      // Cookies live for half a day of the daemon's time.
      if (index % 500 === 0) cookie = await cookieOf(daemon);
      const known = host[1] && origin[1] !== 'page';
      const good = by === 'secret' || (by === 'cookie' && origin[1] === 'own');
      const answer = good ? 'admitted' : 'turned away';
      const wanted = known ? answer : 'refused';
      const found = await shakeHands(daemon, { host: host[0], origin: origin[0], by, cookie });
      complaints.expect(found === wanted, () => `Host ${host[0]}, Origin ${origin[0]}, ${by}: ${found}, not ${wanted}`);
      // Failed proofs count towards a cool-down, which is another experiment's matter.
      clock.advance(61_000);
    }
    say(`${volume} of ${cells.length} combinations`);
    return {
      done: volume,
      bad: complaints.list,
      notes: [`${hosts.length} × ${origins.length} × ${credentials.length}`],
    };
  },
};

interface Attempt {
  host: string | null;
  origin: string | null;
  by: Credential;
  cookie: string;
}

async function shakeHands(daemon: TestDaemon, { host, origin, by, cookie }: Attempt): Promise<string> {
  const { port } = daemon;
  const headers = {
    ...(origin === null ? {} : { origin: origin.replace('PORT', String(port)) }),
    ...(by === 'cookie' ? { cookie } : {}),
    ...(by === 'wrong cookie' ? { cookie: `uprez=${randomHex()}` } : {}),
  };
  // A client library makes a Host of its own where it is told none; by hand it can be left out.
  if (!host) return upgradeByHand(port, host === null ? headers : { ...headers, host });
  const socket = new RawSocket(port, { ...headers, host: host.replace('PORT', String(port)) });
  if ((await Promise.race([socket.opened.then(() => 'open'), socket.closed.then(() => 'closed')])) === 'closed')
    return socket.refusedWith === 403 ? 'refused' : `answered with ${socket.refusedWith ?? 'nothing'}`;
  await present(socket, daemon, by);
  const heard = (): string[] => socket.heard.map(({ type }) => String(type));
  await until(() => heard().includes('snapshot') || heard().includes('refusal'));
  const admitted = heard().includes('snapshot');
  socket.close();
  await socket.closed;
  return admitted ? 'admitted' : 'turned away';
}

async function present(socket: RawSocket, daemon: TestDaemon, by: Credential): Promise<void> {
  if (by === 'call without a word') return socket.say({ type: 'call', id: 1, name: 'listJobs', params: {} });
  const { pairing } = readEndpoint(daemon.endpointFile)!;
  const ids: Partial<Record<Credential, string>> = {
    cookie: 'cookie',
    'wrong cookie': 'cookie',
    'unknown pairing': 'x',
  };
  const hello = { type: 'hello', protocol: PROTOCOL, client: 'test', pairing: ids[by] ?? 'local', nonce: randomHex() };
  await socket.say(hello);
  if (ids[by] !== undefined) return;
  await until(() => socket.heard.length > 0);
  const challenge = socket.heard[0] as { nonce: string; instance: string };
  const { nonce: serverNonce, instance } = challenge;
  const facts = { clientNonce: hello.nonce, serverNonce, instance, port: daemon.port, protocol: PROTOCOL };
  const secret = by === 'secret' ? pairing.secret : randomHex();
  await socket.say({ type: 'proof', proof: proof(secret, 'client', facts) });
}

/** HTTP/1.0, which needs no Host; libraries put one of their own in the place of an empty one. */
async function upgradeByHand(port: number, headers: Record<string, string>): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n`;
  socket.write(`GET / HTTP/1.0\r\n${upgrade}${lines.join('')}\r\n`);
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString())).on('error', () => undefined);
  await once(socket, 'close');
  return /^HTTP\/1\.1 (403|400) /.test(text) ? 'refused' : `answered with ${text.slice(0, 30)}`;
}

async function cookieOf(daemon: TestDaemon): Promise<string> {
  const response = await fetch(daemon.dashboardLink(), { redirect: 'manual' });
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}
