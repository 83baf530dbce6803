import { describe, expect, it } from 'vitest';
import { AppError, type Credentials, DaemonClient, toWire, type View } from '../src/index.ts';
import { jobWith, progressAt } from './support/jobs.ts';
import { scriptDaemon } from './support/scripted-daemon.ts';
import { socketPair } from './support/socket-pair.ts';

const secret = 'a'.repeat(64);
const pairing: Credentials = { kind: 'pairing', id: 'cli', secret };

function dial(change: { credentials?: Credentials; serverSecret?: string; serverPort?: number } = {}) {
  const { client: socket, server } = socketPair();
  const daemon = scriptDaemon(server, { secret: change.serverSecret ?? secret, port: change.serverPort ?? 47810 });
  const credentials = change.credentials ?? pairing;
  const connected = DaemonClient.connect({ socket, port: 47810, credentials, name: 'test', nonce: 'c'.repeat(64) });
  return { connected, daemon, server };
}

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

describe('the handshake', () => {
  it('ends with the daemon’s state when both sides know the secret', async () => {
    const { connected, daemon } = dial();
    const client = await connected;
    expect(client.view.jobs).toEqual([]);
    expect(daemon.heard.map((message) => message.type)).toEqual(['hello', 'proof']);
  });

  it('never sends the secret', async () => {
    const { connected, daemon } = dial();
    await connected;
    expect(JSON.stringify(daemon.heard)).not.toContain(secret);
  });

  it('tells an impostor on the port nothing and leaves', async () => {
    const { connected, daemon } = dial({ serverSecret: 'd'.repeat(64) });
    expect(await codeOf(connected)).toBe('daemon.unauthorized');
    expect(daemon.heard.map((message) => message.type)).toEqual(['hello']);
  });

  it('refuses a proof that was made for another port', async () => {
    const { connected } = dial({ serverPort: 47811 });
    expect(await codeOf(connected)).toBe('daemon.unauthorized');
  });

  it('needs no secret where the browser proves itself by cookie', async () => {
    const { connected, daemon } = dial({ credentials: { kind: 'cookie' } });
    await connected;
    expect(daemon.heard.map((message) => message.type)).toEqual(['hello']);
  });

  it('reports the daemon’s own refusal', async () => {
    const { client: socket, server } = socketPair();
    server.onmessage = () =>
      server.say({
        type: 'refusal',
        id: null,
        error: toWire(new AppError('daemon.version-mismatch', { older: 'daemon', found: 1, needed: 2 })),
      });
    const connected = DaemonClient.connect({
      socket,
      port: 1,
      credentials: pairing,
      name: 'test',
      nonce: 'c'.repeat(64),
    });
    expect(await codeOf(connected)).toBe('daemon.version-mismatch');
  });

  it('fails as disconnected when the other side hangs up', async () => {
    const { client: socket, server } = socketPair();
    server.onmessage = () => server.close();
    const connected = DaemonClient.connect({
      socket,
      port: 1,
      credentials: pairing,
      name: 'test',
      nonce: 'c'.repeat(64),
    });
    expect(await codeOf(connected)).toBe('daemon.disconnected');
  });
});

describe('a connected client', () => {
  it('misses nothing that comes together with the snapshot', async () => {
    const { client: socket, server } = socketPair();
    scriptDaemon(server, { secret, port: 1, greeting: [{ type: 'job', job: jobWith({}) }] });
    const options = { socket, port: 1, credentials: pairing, name: 'test', nonce: 'c'.repeat(64) };
    const client = await DaemonClient.connect(options);
    expect(client.view.jobs.map((job) => job.id)).toEqual(['job-1']);
  });

  it('refuses a result that is not what the call promises', async () => {
    const { connected, daemon, server } = dial();
    const client = await connected;
    const asked = daemon.nextCall();
    const job = client.call('getJob', { id: 'job-1' });
    server.say({ type: 'reply', id: (await asked).id, result: { id: 'job-1' } });
    expect(await codeOf(job)).toBe('daemon.internal');
  });

  it('hangs up on a daemon that talks nonsense', async () => {
    const { connected, server } = dial();
    const client = await connected;
    server.send('<html>');
    await client.closed;
  });

  it('gets the result of its call, checked', async () => {
    const { connected, daemon, server } = dial();
    const client = await connected;
    const asked = daemon.nextCall();
    const job = client.call('getJob', { id: 'job-1' });
    server.say({ type: 'reply', id: (await asked).id, result: jobWith({}) });
    expect((await job).id).toBe('job-1');
  });

  it('gets each reply for the call it belongs to, in any order', async () => {
    const { connected, daemon, server } = dial();
    const client = await connected;
    const asked = [daemon.nextCall(), daemon.nextCall()];
    const jobs = ['a', 'b'].map((id) => client.call('getJob', { id }));
    for (const call of (await Promise.all(asked)).toReversed())
      server.say({ type: 'reply', id: call.id, result: jobWith(call.params as { id: string }) });
    expect((await Promise.all(jobs)).map((job) => job.id)).toEqual(['a', 'b']);
  });

  it('gets the daemon’s error with its sentence', async () => {
    const { connected, daemon, server } = dial();
    const client = await connected;
    const asked = daemon.nextCall();
    const job = client.call('getJob', { id: 'nope' });
    server.say({ type: 'refusal', id: (await asked).id, error: toWire(new AppError('job.not-found', { id: 'nope' })) });
    await expect(job).rejects.toThrow('There is no job nope.');
  });

  it('is told that the connection was lost while it waited', async () => {
    const { connected, daemon, server } = dial();
    const client = await connected;
    const asked = daemon.nextCall();
    const job = client.call('getJob', { id: 'job-1' });
    await asked;
    server.close();
    expect(await codeOf(job)).toBe('daemon.disconnected');
    await client.closed;
  });

  it('follows the daemon’s state until it stops listening', async () => {
    const { connected, daemon, server } = dial();
    const client = await connected;
    const seen: View[] = [];
    const stop = client.subscribe((view) => seen.push(view));
    server.say({ type: 'job', job: jobWith({ state: 'running' }) });
    server.say({ type: 'progress', id: 'job-1', progress: progressAt(0.25) });
    await answered(client, daemon, server);
    stop();
    server.say({ type: 'job-removed', id: 'job-1' });
    await answered(client, daemon, server);
    expect(seen.map((view) => view.jobs.length)).toEqual([0, 1, 1]);
    expect(seen.at(-1)?.progress['job-1']?.fraction).toBe(0.25);
    expect(client.view.jobs).toEqual([]);
  });
});

/** Messages arrive in order: once this call is answered, everything said before has been received. */
async function answered(
  client: DaemonClient,
  daemon: ReturnType<typeof dial>['daemon'],
  server: ReturnType<typeof dial>['server'],
): Promise<void> {
  const asked = daemon.nextCall();
  const jobs = client.call('listJobs', {});
  server.say({ type: 'reply', id: (await asked).id, result: [] });
  await jobs;
}
