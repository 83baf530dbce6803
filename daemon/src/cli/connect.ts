import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError, DaemonClient, type Socket } from '@uprez/shared';
import { WebSocket } from 'ws';
import type { Config } from '../config.ts';
import { type Endpoint, readEndpoint } from '../instance.ts';

/** Starts a daemon inside this process; it has published its endpoint when the promise resolves. */
export type StartDaemon = (config: Config, options: StartOptions) => Promise<RunningDaemon>;

export interface StartOptions {
  /** false: only looks after the list, for verbs that ask or change something and leave. */
  runJobs: boolean;
  /** Is it there for others too, or for this command only? */
  lasting: boolean;
}

export interface RunningDaemon extends AsyncDisposable {
  readonly endpoint: Endpoint;
  /** Resolves when it was asked to stop from outside (`uprez stop`). */
  readonly stopRequested: Promise<void>;
  /** Puts the icon with its menu on the desktop, where there is one; disposing takes it away. */
  showTray?(client: DaemonClient): Disposable | undefined;
}

export interface Connection extends AsyncDisposable {
  readonly client: DaemonClient;
  /** The daemon, where it lives in this process and ends with the connection. */
  readonly own?: RunningDaemon;
  /** false: the daemon belongs to a command and ends with it. */
  readonly lasting: boolean;
}

/** The running daemon. Throws `daemon.not-running`. */
export async function connectToRunning(config: Config): Promise<Connection> {
  const connection = await dial(config);
  if (!connection) throw new AppError('daemon.not-running');
  return connection;
}

/** The running daemon, or else one of our own for as long as the connection is held. */
export async function connectOrStart(config: Config, startDaemon: () => Promise<RunningDaemon>): Promise<Connection> {
  // Another process may be between taking the lock and publishing where it listens: it needs a moment, not an error.
  for (let attempt = 1; ; attempt++) {
    const running = await dial(config);
    if (running) return running;
    try {
      return await connectToOwn(await startDaemon());
    } catch (error) {
      const startingElsewhere = error instanceof AppError && error.code === 'daemon.already-running';
      if (!startingElsewhere || attempt === 20) throw error;
      await pause(250);
    }
  }
}

async function connectToOwn(daemon: RunningDaemon): Promise<Connection> {
  const client = await shakeHands(daemon.endpoint);
  return {
    client,
    own: daemon,
    lasting: daemon.endpoint.lasting,
    async [Symbol.asyncDispose]() {
      await hangUp(client);
      await daemon[Symbol.asyncDispose]();
    },
  };
}

/** Undefined when no daemon is there: no endpoint file, or one left behind by a daemon that was killed. */
async function dial(config: Config): Promise<Connection | undefined> {
  const endpoint = readEndpoint(config.paths.endpointFile);
  if (!endpoint) return undefined;
  try {
    const client = await shakeHands(endpoint);
    return { client, lasting: endpoint.lasting, [Symbol.asyncDispose]: () => hangUp(client) };
  } catch (error) {
    // Unauthorized: another program has taken the port of a daemon that was killed.
    if (error instanceof AppError && (error.code === 'daemon.disconnected' || error.code === 'daemon.unauthorized'))
      return undefined;
    throw error;
  }
}

function shakeHands({ port, pairing }: Endpoint): Promise<DaemonClient> {
  const credentials = { kind: 'pairing' as const, id: pairing.id, secret: pairing.secret };
  const nonce = randomBytes(32).toString('hex');
  return DaemonClient.connect({ socket: openSocket(port), port, credentials, name: 'command line', nonce });
}

function openSocket(port: number): Socket {
  const webSocket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  const socket: Socket = {
    send: (text) => webSocket.send(text),
    close: () => webSocket.close(),
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
  };
  webSocket.on('open', () => socket.onopen?.());
  webSocket.on('message', (data) => socket.onmessage?.({ data: Buffer.isBuffer(data) ? data.toString() : '' }));
  webSocket.on('close', () => socket.onclose?.());
  webSocket.on('error', () => socket.onerror?.());
  return socket;
}

async function hangUp(client: DaemonClient): Promise<void> {
  client.close();
  await client.closed;
}
