import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { type CallName, callNames, calls, DaemonClient, PROTOCOL } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { openSocket, randomHex, untilJob } from '../support/clients.ts';
import { startTestDaemon, type TestDaemonOptions } from '../support/daemon.ts';
import { ask, logIn, RawSocket } from '../support/http.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/processes.ts';
import { ScriptedBackend } from '../support/scripted-backend.ts';
import { newJob } from '../support/tasks.ts';
import { tempDir } from '../support/temp-dir.ts';

const start = (options: Partial<TestDaemonOptions> = {}) =>
  startTestDaemon({ backends: [new ScriptedBackend()], ...options });

const urlOf = (name: CallName, id: string): string => calls[name].path.replace(':id', id);

describe('REST', () => {
  it('answers every reading call exactly like the socket', async () => {
    const backend = new ScriptedBackend();
    await using daemon = await start({ backends: [backend] });
    const client = await daemon.connect();
    const [job] = await client.call('addJobs', { jobs: [newJob()] });
    await backend.nextRun();
    await untilJob(client, job!.id, 'running');
    const headers = await logIn(daemon.endpointFile);
    for (const name of callNames.filter((name) => calls[name].method === 'GET')) {
      const id = name === 'getModel' ? 'fast' : job!.id;
      const params = calls[name].path.includes(':id') ? { id } : {};
      const overSocket = await client.call(name, params);
      const { status, body } = await ask(daemon.port, { path: urlOf(name, id), headers });
      expect([name, status, body]).toEqual([name, 200, overSocket]);
    }
  });

  it('leads a job from adding to removing', async () => {
    const backend = new ScriptedBackend();
    await using daemon = await start({ backends: [backend] });
    const headers = await logIn(daemon.endpointFile);
    const send = (method: string, path: string, body?: unknown) => ask(daemon.port, { method, path, headers, body });
    const added = await send('POST', '/jobs', { jobs: [newJob()] });
    const [{ id }] = added.body as [{ id: string }];
    await backend.nextRun();
    expect((await send('POST', `/jobs/${id}/cancel`)).body).toMatchObject({ state: 'cancelling' });
    await untilJob(await daemon.connect(), id, 'cancelled');
    expect(await send('DELETE', `/jobs/${id}`)).toMatchObject({ status: 200, body: {} });
    expect((await send('GET', '/jobs')).body).toEqual([]);
    expect((await send('PATCH', '/settings', { scale: 4 })).body).toMatchObject({ scale: 4 });
  });

  it.each([
    ['GET', '/jobs/none', undefined, 404, 'job.not-found'],
    ['POST', '/jobs', { jobs: [] }, 400, 'request.invalid'],
    ['POST', '/jobs', { jobs: [newJob(), newJob()] }, 409, 'request.duplicate'],
    ['PATCH', '/settings', { scale: 7 }, 400, 'request.invalid'],
    ['PATCH', '/settings', { colour: 'red' }, 400, 'request.invalid'],
    ['PATCH', '/settings', [1], 400, 'request.invalid'],
    ['GET', '/nothing', undefined, 400, 'request.invalid'],
  ] as const)('answers %s %s %j with status %i and the code %s', async (...[method, path, body, status, code]) => {
    await using daemon = await start();
    const headers = await logIn(daemon.endpointFile);
    const reply = await ask(daemon.port, { method, path, headers, body });
    expect(reply).toMatchObject({ status, body: { error: { code } } });
  });

  it('refuses a body that is no JSON, or too long', async () => {
    await using daemon = await start();
    const headers = { ...(await logIn(daemon.endpointFile)), 'content-type': 'application/json' };
    const post = (body: unknown) => ask(daemon.port, { method: 'POST', path: '/jobs', headers, body });
    expect((await post('{')).status).toBe(400);
    const long = await post({ jobs: 'x'.repeat(2 ** 20) }).catch(() => ({ status: 0, body: {} }));
    expect([0, 400, 413]).toContain(long.status);
    expect((await ask(daemon.port, { path: '/jobs', headers })).body).toEqual([]);
  });
});

describe('without a proof', () => {
  it('there is nothing but product and protocol', async () => {
    await using daemon = await start();
    expect((await ask(daemon.port, { path: '/health' })).body).toEqual({ product: 'uprez', protocol: 1 });
    for (const name of callNames) {
      const { method } = calls[name];
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const reply = await ask(daemon.port, { method, path: urlOf(name, 'any'), body });
      expect([name, reply.status]).toEqual([name, 401]);
    }
    expect((await ask(daemon.port, { path: '/' })).status).toBe(400);
  });

  it('an invented or expired token opens nothing', async () => {
    const clock = new ManualClock();
    await using daemon = await start({ clock });
    const headers = await logIn(daemon.endpointFile);
    const invented = { authorization: `Bearer ${'0'.repeat(64)}` };
    expect((await ask(daemon.port, { path: '/jobs', headers: invented })).status).toBe(401);
    expect((await ask(daemon.port, { path: '/jobs', headers })).status).toBe(200);
    clock.advance(3_600_000);
    expect((await ask(daemon.port, { path: '/jobs', headers })).status).toBe(401);
  });

  it('the token of a pairing that was revoked opens nothing any more', async () => {
    await using daemon = await start();
    const owner = await daemon.connect();
    const { code } = await owner.call('offerPairing', {});
    const { port } = daemon;
    const asked = { socket: openSocket(port), port, code, name: 'script', nonce: randomHex(), random: randomHex() };
    const { client, pairing } = await DaemonClient.pair(asked);
    client.close();
    const headers = await logIn(daemon.endpointFile, pairing);
    expect((await ask(port, { path: '/jobs', headers })).status).toBe(200);
    await owner.call('revokePairing', { id: pairing.id });
    expect((await ask(port, { path: '/jobs', headers })).status).toBe(401);
  });

  it('a proof is asked for once', async () => {
    await using daemon = await start();
    const path = '/session/11111111-1111-4111-8111-111111111111/proof';
    const reply = await ask(daemon.port, { method: 'POST', path, body: { proof: '00'.repeat(32) } });
    expect(reply).toMatchObject({ status: 401, body: { error: { code: 'daemon.unauthorized' } } });
  });

  it('eight may have begun to prove themselves; the ninth has to wait until one has had ten seconds', async () => {
    const clock = new ManualClock();
    await using daemon = await start({ clock });
    const body = { protocol: PROTOCOL, client: 'script', pairing: 'local', nonce: randomHex() };
    const knock = async (): Promise<number> =>
      (await ask(daemon.port, { method: 'POST', path: '/session', body })).status;
    for (let i = 0; i < 8; i++) expect(await knock()).toBe(200);
    expect(await knock()).toBe(429);
    clock.advance(10_000);
    expect(await knock()).toBe(200);
  });

  it('who begins a request and does not go on is cut off after half a minute', async () => {
    const clock = new ManualClock();
    await using daemon = await start({ clock });
    const socket = connect(daemon.port, '127.0.0.1');
    const head = ['POST /session HTTP/1.1', `Host: 127.0.0.1:${daemon.port}`, 'Content-Type: application/json'];
    socket.write([...head, 'Content-Length: 100', '', '{"half":'].join('\r\n'));
    socket.resume();
    // Whether it has arrived can't be seen from here: time goes on until it has, and half a minute more.
    await until('the end of it', () => {
      clock.advance(30_000);
      return socket.closed;
    });
  });

  it.each([
    ['a foreign Host', { host: 'evil.example:47810' }],
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['the Origin null', { origin: 'null' }],
    ['another local page', { 'sec-fetch-site': 'same-site' }],
  ])('and with %s not even that is told', async (_, headers) => {
    await using daemon = await start();
    expect((await ask(daemon.port, { path: '/health', headers })).status).toBe(403);
  });
});

describe('the dashboard', () => {
  async function openDashboard(options: Partial<TestDaemonOptions> = {}) {
    const folder = tempDir();
    mkdirSync(folder.file('dashboard'));
    writeFileSync(folder.file('dashboard', 'index.html'), '<title>Uprez</title>');
    const daemon = await start({ dashboardFolder: folder.file('dashboard'), ...options });
    const { url } = await (await daemon.connect()).call('openDashboard', {});
    const opened = await ask(daemon.port, { path: new URL(url).pathname });
    const setCookie = opened.headers['set-cookie']?.[0] ?? '';
    const origin = new URL(url).origin;
    const close = async (): Promise<void> => {
      await daemon[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    };
    const cookie = setCookie.split(';')[0] ?? '';
    return { daemon, url, opened, setCookie, cookie, origin, [Symbol.asyncDispose]: close };
  }

  it('opens by a link that works once, and gives a cookie no script can read', async () => {
    await using test = await openDashboard();
    expect([test.opened.status, test.opened.headers.location]).toEqual([303, '/']);
    expect(test.setCookie).toMatch(/^uprez=[0-9a-f]{64}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=\d+$/);
    const page = await ask(test.daemon.port, { path: '/', headers: { cookie: test.cookie } });
    expect(page.body).toContain('Uprez');
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect((await ask(test.daemon.port, { path: new URL(test.url).pathname })).status).toBe(401);
    expect((await ask(test.daemon.port, { path: '/' })).status).toBe(401);
  });

  it('has a link that is gone after a minute', async () => {
    const clock = new ManualClock();
    await using daemon = await start({ clock });
    const path = new URL(daemon.dashboardLink()).pathname;
    clock.advance(60_000);
    expect((await ask(daemon.port, { path })).status).toBe(401);
  });

  it('may call with its cookie only from its own page and with its own header', async () => {
    await using test = await openDashboard();
    const { cookie, origin } = test;
    const status = async (headers: Record<string, string>) =>
      (await ask(test.daemon.port, { path: '/jobs', headers })).status;
    expect(await status({ cookie, origin, 'x-uprez': '1' })).toBe(200);
    expect(await status({ cookie, 'sec-fetch-site': 'same-origin', 'x-uprez': '1' })).toBe(200);
    expect(await status({ cookie, origin })).toBe(401);
    expect(await status({ cookie, 'x-uprez': '1' })).toBe(401);
    expect(await status({ cookie, origin: 'https://evil.example', 'x-uprez': '1' })).toBe(403);
    expect(await status({ cookie: `uprez=${'0'.repeat(64)}`, origin, 'x-uprez': '1' })).toBe(401);
  });

  it('connects its socket with the cookie, from its own page only', async () => {
    await using test = await openDashboard();
    const hello = { type: 'hello', protocol: 1, client: 'dashboard', pairing: 'cookie', nonce: '00'.repeat(32) };
    const own = new RawSocket(test.daemon.port, { cookie: test.cookie, origin: test.origin });
    await own.say(hello);
    await own.say({ type: 'ping' });
    while (own.heard.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(own.heard.map((message) => message['type'])).toEqual(['snapshot', 'pong']);
    own.close();
    const program = new RawSocket(test.daemon.port, { cookie: test.cookie });
    await program.say(hello);
    await program.closed;
    expect(program.heard).toMatchObject([{ type: 'refusal', error: { code: 'daemon.unauthorized' } }]);
  });
});
