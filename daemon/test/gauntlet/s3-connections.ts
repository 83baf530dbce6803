import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Chance } from '../support/chance.ts';
import { ask } from '../support/http.ts';
import { openHouse } from '../support/uprez-process.ts';
import { readEndpoint } from '../../src/instance.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';
import { crashes, residentBytes } from './s2-messages.ts';

const AT_ONCE = 40;
/** Before that, buffers and heap find their size. */
const WARM = 1 / 3;
/** What the server may grow by after that, in bytes. */
const MOST_GROWTH = 50e6;
/** Connections that never say enough; the server's own limits have to end them. */
const LAZY = 30;

type Rudeness = (port: number, chance: Chance) => Buffer;

const upgrade = (port: number, more = ''): string =>
  `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n${more}\r\n`;

/** A WebSocket frame with any header, masked with zeros unless it is not masked at all. */
function frame(first: number, payload: Buffer, { masked = true, length = payload.length } = {}): Buffer {
  const size = Buffer.alloc(10);
  size.writeUInt8(first, 0);
  size.writeUInt8((masked ? 0x80 : 0) | 127, 1);
  size.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([size, ...(masked ? [Buffer.alloc(4)] : []), payload]);
}

const rude: Readonly<Record<string, Rudeness>> = {
  'random bytes': (_, chance) => randomBytes(1 + Math.floor(chance.fraction() * 2000)),
  'half a request': (port, chance) => Buffer.from(upgrade(port).slice(0, Math.floor(chance.fraction() * 120))),
  'many headers': (port) => Buffer.from(upgrade(port, 'X-A: b\r\n'.repeat(3000))),
  'a long header': (port) => Buffer.from(upgrade(port, `X-A: ${'b'.repeat(60_000)}\r\n`)),
  'two hosts': (port) => Buffer.from(upgrade(port, 'Host: evil.example\r\n')),
  'a long path': (port) => Buffer.from(`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`),
  'a body that is not JSON': (port) =>
    Buffer.from(
      `POST /session HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n{{{`,
    ),
  'two lengths': (port) =>
    Buffer.from(
      `POST /session HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ),
  'a chunk of any length': (port) =>
    Buffer.from(
      `POST /session HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n`,
    ),
  'frames without a mask': (port) =>
    Buffer.concat([Buffer.from(upgrade(port)), frame(0x81, Buffer.from('{}'), { masked: false })]),
  'a frame of 8 exabytes': (port) =>
    Buffer.concat([Buffer.from(upgrade(port)), frame(0x81, Buffer.from('{}'), { length: 2 ** 53 - 1 })]),
  'reserved bits': (port, chance) =>
    Buffer.concat([Buffer.from(upgrade(port)), frame(0xf0 | Math.floor(chance.fraction() * 16), randomBytes(20))]),
  'a flood of fragments': (port) => {
    const parts = Array.from({ length: 3000 }, (_, i) => frame(i === 0 ? 0x01 : 0x00, Buffer.from('a')));
    return Buffer.concat([Buffer.from(upgrade(port)), ...parts]);
  },
  'a flood of pings': (port) =>
    Buffer.concat([Buffer.from(upgrade(port)), ...Array.from({ length: 300 }, () => frame(0x89, randomBytes(20)))]),
  'text that is no UTF-8': (port) =>
    Buffer.concat([Buffer.from(upgrade(port)), frame(0x81, Buffer.from([0xff, 0xfe, 0xc0]))]),
  'random frames': (port, chance) =>
    Buffer.concat([Buffer.from(upgrade(port)), randomBytes(1 + Math.floor(chance.fraction() * 500))]),
};

export const connections: Experiment = {
  id: 'S3',
  claim: 'Raw garbage, floods and lazy connections end nothing, and keep nobody out for good',
  unit: 'connections',
  volume: { full: 10_000, short: 400 },
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    await using house = openHouse();
    const daemon = await house.daemon();
    const { port } = readEndpoint(house.file('data', 'endpoint.json'))!;
    const complaints = new Complaints();
    const lazy = Array.from({ length: LAZY }, () => lazily(port));
    let warm = 0;
    const latencies: number[] = [];
    for (let done = 0; done < volume; done += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => beRude(port, chance)));
      const startedAt = performance.now();
      const { status } = await ask(port, { path: '/health', headers: { host: `127.0.0.1:${port}` } });
      latencies.push(performance.now() - startedAt);
      if (done < volume * WARM) warm = residentBytes(daemon.pid);
      complaints.expect(status === 200, () => `/health answers ${status}`);
      if (done % 2000 === 0) say(`${done + AT_ONCE} connections`);
    }
    for (const socket of lazy) socket.destroy();
    complaints.expect((await daemon.client.call('listJobs', {})).length === 0, () => 'there are jobs');
    const growth = residentBytes(daemon.pid) - warm;
    complaints.expect(growth < MOST_GROWTH, () => `the server grew by ${Math.round(growth / 1e6)} MB`);
    await daemon.stop();
    complaints.expect((await daemon.ended) === 0, () => 'the daemon did not end well');
    const notes = [
      `the server grew by ${Math.round(growth / 1e6)} MB in the last two thirds`,
      `/health meanwhile: ${slowest(latencies)} ms at the 99th percentile`,
      `${LAZY} lazy connections held open`,
    ];
    return { done: volume, bad: [...complaints.list, ...crashes(house.file('data', 'log', 'uprez.log'))], notes };
  },
};

/** Sends one kind of garbage and leaves, at once or when it is thrown out. */
async function beRude(port: number, chance: Chance): Promise<void> {
  const kinds = Object.values(rude);
  const kind = kinds[Math.floor(chance.fraction() * kinds.length)]!;
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  const closed = once(socket, 'close');
  socket.write(kind(port, chance));
  if (chance.fraction() < 0.5) socket.end();
  else socket.setTimeout(100 + chance.fraction() * 200, () => socket.destroy());
  await closed;
}

/** Half a request and no more: a place that is held as long as the server lets it be. */
function lazily(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  socket.write('GET / HTTP/1.1\r\nHost: ');
  return socket;
}

function slowest(values: number[]): number {
  return Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0);
}
