import { once } from 'node:events';
import { connect } from 'node:net';
import { AppError, DaemonClient, PROTOCOL } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { readEndpoint } from '../../src/instance.ts';
import { connectAs, openSocket, randomHex, untilJob } from '../support/clients.ts';
import { startTestDaemon, type TestDaemonOptions } from '../support/daemon.ts';
import { codeOf } from '../support/errors.ts';
import { RawSocket } from '../support/http.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ScriptedBackend } from '../support/scripted-backend.ts';
import { mediaOf, newJob } from '../support/tasks.ts';
import { tempDir } from '../support/temp-dir.ts';

const start = (options: Partial<TestDaemonOptions> = {}) =>
  startTestDaemon({ backends: [new ScriptedBackend()], ...options });

const hello = { type: 'hello', protocol: PROTOCOL, client: 'test', pairing: 'local', nonce: randomHex() };

describe('two clients', () => {
  it('see the same list, whoever changes it', async () => {
    const backend = new ScriptedBackend();
    await using daemon = await start({ backends: [backend] });
    const [one, two] = [await daemon.connect('one'), await daemon.connect('two')];
    const jobs = ['/clips/a.mp4', '/clips/b.mp4'].map((source) => newJob({ source }));
    const [a, b] = await one.call('addJobs', { jobs });
    (await backend.nextRun()).finish();
    await two.call('cancelJob', { id: b!.id });
    await Promise.all([one, two].map((client) => untilJob(client, a!.id, 'succeeded')));
    await Promise.all([one, two].map((client) => untilJob(client, b!.id, 'cancelled')));
    expect(one.view).toEqual(two.view);
  });

  it('see the same as a client that comes later', async () => {
    const backend = new ScriptedBackend();
    await using daemon = await start({ backends: [backend] });
    const early = await daemon.connect();
    const [job] = await early.call('addJobs', { jobs: [newJob()] });
    const { job: running } = await backend.nextRun();
    await untilJob(early, job!.id, 'running');
    running.report({ stage: 'process', framesDone: 10, framesTotal: 96 });
    await early.call('changeSettings', { handles: 12 });
    const late = await daemon.connect();
    expect(late.view).toEqual(early.view);
    expect(late.view.progress[job!.id]).toMatchObject({ framesDone: 10 });
  });
});

describe('a stranger', () => {
  it('is refused by Host and Origin before any word is said', async () => {
    await using daemon = await start();
    const { port } = daemon;
    for (const headers of [{ host: `evil.example:${port}` }, { origin: 'https://evil.example' }, { origin: 'null' }]) {
      const socket = new RawSocket(port, headers);
      await socket.closed;
      expect(socket.refusedWith).toBe(403);
    }
  });

  it('hears nothing but a refusal without the secret', async () => {
    await using daemon = await start();
    const credentials = { kind: 'pairing', id: 'local', secret: '00'.repeat(32) } as const;
    expect(await codeOf(connectAs(daemon.port, credentials))).toBe('daemon.unauthorized');
    const socket = new RawSocket(daemon.port);
    await socket.say(hello);
    await socket.say({ type: 'proof', proof: '00'.repeat(32) });
    await socket.closed;
    expect(socket.heard.map((message) => message['type'])).toEqual(['challenge', 'refusal']);
  });

  it.each([
    ['a call before the proof', { type: 'call', id: 1, name: 'listJobs', params: {} }],
    ['a hello with more than it may have', { ...hello, admin: true }],
    ['no JSON', 'hello'],
    ['bytes', Buffer.from('{}')],
    ['more than 4 KiB', { ...hello, client: 'x'.repeat(5000) }],
    ['a cookie that it does not have', { ...hello, pairing: 'cookie' }],
  ])('that begins with %s is refused and cut off', async (_, message) => {
    await using daemon = await start();
    const socket = new RawSocket(daemon.port);
    await socket.say(message);
    await socket.closed;
    expect(socket.heard).toMatchObject([{ type: 'refusal', id: null }]);
  });

  it('that speaks another protocol is told which side to update', async () => {
    await using daemon = await start();
    for (const [protocol, older] of [
      [PROTOCOL - 1, 'client'],
      [PROTOCOL + 1, 'daemon'],
    ] as const) {
      const socket = new RawSocket(daemon.port);
      await socket.say({ ...hello, protocol, unknown: 'field of another version' });
      await socket.closed;
      expect(socket.heard).toMatchObject([{ error: { code: 'daemon.version-mismatch', data: { older } } }]);
    }
  });

  it('that says nothing is cut off after three seconds', async () => {
    const clock = new ManualClock();
    await using daemon = await start({ clock });
    const socket = new RawSocket(daemon.port);
    await socket.say(hello);
    while (socket.heard.length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(3000);
    await socket.closed;
    expect(socket.heard.map((message) => message['type'])).toEqual(['challenge']);
  });

  it('is kept out while eight others are at the door, which keeps nobody out for good', async () => {
    const clock = new ManualClock();
    await using daemon = await start({ clock });
    const crowd = Array.from({ length: 8 }, () => new RawSocket(daemon.port));
    await Promise.all(crowd.map((socket) => socket.opened));
    const ninth = new RawSocket(daemon.port);
    await ninth.closed;
    expect(ninth.refusedWith).toBe(429);
    clock.advance(3000);
    await Promise.all(crowd.map((socket) => socket.closed));
    const client = await daemon.connect();
    expect(client.view.jobs).toEqual([]);
  });
});

describe('a stranger with much to say', () => {
  it('is refused a hello of more than 4 KiB, however right the rest of it is', async () => {
    await using daemon = await start();
    const socket = new RawSocket(daemon.port);
    await socket.say({ ...hello, version: '1'.repeat(4096) });
    await socket.closed;
    expect(socket.heard).toMatchObject([{ type: 'refusal', error: { code: 'request.invalid' } }]);
    expect(JSON.stringify(socket.heard)).toContain('too long');
  });

  it('is cut off by a message of more than 1 MiB, before anybody reads it', async () => {
    await using daemon = await start();
    const socket = new RawSocket(daemon.port);
    await socket.say({ ...hello, version: '1'.repeat(2 ** 20) });
    await socket.closed;
    expect(socket.heard).toEqual([]);
  });

  it.skipIf(process.platform === 'darwin')('is not heard on any other address of this computer', async () => {
    await using daemon = await start();
    // All of 127.0.0.0/8 is this computer; a daemon that listened everywhere would be found there, too.
    const socket = connect(daemon.port, '127.0.0.2');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  it('finds no place beside 256 connections, and one again when one of them has left', async () => {
    await using daemon = await start();
    const sockets = Array.from({ length: 256 }, () => connect(daemon.port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const one = connect(daemon.port, '127.0.0.1');
    // Node closes what is too much without a word.
    await once(one, 'close');

    sockets[0]?.destroy();
    await untilAdmitted(daemon);
    for (const socket of sockets) socket.destroy();
  });
});

/** A place is free when the daemon, too, has noticed that somebody left. */
async function untilAdmitted(daemon: { connect(): Promise<DaemonClient> }): Promise<void> {
  while ((await codeOf(daemon.connect())) !== 'no error') continue;
}

describe('an impostor on the port', () => {
  it('learns nothing from a client that has the secret', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    const heard: string[] = [];
    server.on('connection', (socket) =>
      socket.on('message', (bytes: Buffer) => {
        heard.push(bytes.toString());
        const nonce = randomHex();
        socket.send(
          JSON.stringify({ type: 'challenge', protocol: PROTOCOL, instance: 'x', nonce, proof: randomHex() }),
        );
      }),
    );
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const secret = randomHex();
    expect(await codeOf(connectAs(port, { kind: 'pairing', id: 'local', secret }))).toBe('daemon.unauthorized');
    expect(heard.map((text) => (JSON.parse(text) as { type: string }).type)).toEqual(['hello']);
    server.close();
  });

  it('is not believed when it sends a snapshot without a proof', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    const snapshot = { type: 'snapshot', version: '1', jobs: [], progress: {}, settings: {}, pulls: {} };
    server.on('connection', (socket) => socket.on('message', () => socket.send(JSON.stringify(snapshot))));
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const secret = randomHex();
    expect(await codeOf(connectAs(port, { kind: 'pairing', id: 'local', secret }))).toBe('daemon.unauthorized');
    server.close();
  });
});

describe('pairing by code', () => {
  const pairWith = (port: number, code: string) =>
    DaemonClient.pair({ socket: openSocket(port), port, code, name: 'panel', nonce: randomHex(), random: randomHex() });

  it('connects a client now and later, until it is revoked', async () => {
    await using daemon = await start();
    const owner = await daemon.connect();
    const { code } = await owner.call('offerPairing', {});
    const { client, pairing } = await pairWith(daemon.port, code);
    expect(await client.call('listJobs', {})).toEqual([]);
    const again = await connectAs(daemon.port, { kind: 'pairing', ...pairing });
    expect(await owner.call('listPairings', {})).toMatchObject([{ id: pairing.id, name: 'panel' }]);
    await owner.call('revokePairing', { id: pairing.id });
    await Promise.all([client.closed, again.closed]);
    expect(await codeOf(connectAs(daemon.port, { kind: 'pairing', ...pairing }))).toBe('daemon.unauthorized');
    expect(await owner.call('listPairings', {})).toEqual([]);
  });

  it('lasts over a restart of the daemon', async () => {
    using folder = tempDir();
    let pairing = { id: '', secret: '' };
    {
      await using daemon = await start({ dataDir: folder.path });
      const owner = await daemon.connect();
      ({ pairing } = await pairWith(daemon.port, (await owner.call('offerPairing', {})).code));
    }
    await using daemon = await start({ dataDir: folder.path });
    const client = await connectAs(daemon.port, { kind: 'pairing', ...pairing });
    expect(client.view.jobs).toEqual([]);
  });

  it('fails with a wrong code', async () => {
    await using daemon = await start();
    const owner = await daemon.connect();
    const { code } = await owner.call('offerPairing', {});
    const wrong = code === '000000' ? '000001' : '000000';
    expect(await codeOf(pairWith(daemon.port, wrong))).toBe('daemon.unauthorized');
  });
});

describe('a connected client', () => {
  it('may have 64 calls on their way', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    await using daemon = await start({ probe: () => gate.then(() => mediaOf()) });
    const client = await daemon.connect();
    const calls = Array.from({ length: 65 }, () => codeOf(client.call('probe', { path: '/clips/a.mp4' })));
    expect(await calls[64]).toBe('daemon.busy');
    release();
    expect(new Set(await Promise.all(calls.slice(0, 64)))).toEqual(new Set(['no error']));
  });

  it('gets errors by their code, and unknown ones without their text', async () => {
    const reasons = [new AppError('input.missing', { file: 'a.mp4' }), new Error('secret of /home/somebody')];
    await using daemon = await start({ probe: () => Promise.reject(reasons.shift() ?? new Error('none')) });
    const client = await daemon.connect();
    const failure = () => client.call('probe', { path: '/a' }).catch((error: AppError) => error);
    expect(await failure()).toMatchObject({ code: 'input.missing', data: { file: 'a.mp4' } });
    const unknown = (await failure()) as AppError;
    expect([unknown.code, typeof unknown.data['id']]).toEqual(['daemon.internal', 'string']);
    expect(unknown.message).not.toContain('somebody');
  });

  it('is told what is wrong with its parameters', async () => {
    await using daemon = await start();
    const client = await daemon.connect();
    const bad = { jobs: [newJob({ scale: 3 as 2 })] };
    await expect(client.call('addJobs', bad)).rejects.toThrow(/jobs\.0\.task\.scale/);
  });

  it('can stop the daemon, and gets its reply first', async () => {
    const daemon = await start();
    const client = await daemon.connect();
    expect(await client.call('shutdown', {})).toEqual({});
    await daemon.stopRequested;
    await daemon[Symbol.asyncDispose]();
    await client.closed;
    expect(readEndpoint(daemon.endpointFile)).toBeUndefined();
  });
});
