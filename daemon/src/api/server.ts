import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError, PORTS } from '@uprez/shared';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../clock.ts';
import type { ConnectedClient } from '../health/house.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Uploads } from '../jobs/uploads.ts';
import type { Logger } from '../log.ts';
import type { Dashboard } from './dashboard.ts';
import type { Source } from './event-stream.ts';
import { judge } from './guard.ts';
import type { Handlers } from './handlers.ts';
import type { Door } from './pairing.ts';
import { createRest } from './rest.ts';
import { Sessions } from './sessions.ts';
import { type SocketParts, startConversation } from './socket.ts';

const MAX_MESSAGE_BYTES = 2 ** 20;
const MAX_STRANGERS = 8;
const MAX_CONNECTIONS = 256;
/** Uploads take as long as they take; how long other requests may is up to rest.ts. */
const limits = { headersTimeout: 10_000, requestTimeout: 0 };

export interface ServerParts {
  handlers: Handlers;
  uploads: Uploads;
  queue: JobQueue;
  source: Source;
  door: Door;
  dashboard: Dashboard;
  dashboardFolder: string;
  clock: Clock;
  log: Logger;
  /** null: the first free one of the fixed ports. */
  port: number | null;
}

export interface RunningServer extends AsyncDisposable {
  readonly port: number;
  /** Who is connected at the moment. */
  clients(): ConnectedClient[];
}

/** Listens on this computer only. Throws `daemon.no-port`. */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const server = createServer(limits);
  server.maxConnections = MAX_CONNECTIONS;
  const port = await listen(server, parts.port);
  parts.dashboard.serveAt(port);
  const sessions = new Sessions(parts.door, parts.clock);
  server.on('request', createRest({ ...parts, sessions, port }));
  const sockets = new Sockets({ ...parts, port });
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  parts.log.info({ port }, 'listening');
  return {
    port,
    clients: () => sockets.clients(),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      sockets.close();
      // close() alone waits for clients that keep their connection open.
      server.closeAllConnections();
      await closed;
    },
  };
}

/** All WebSocket clients: lets them in one by one, and out together. */
class Sockets {
  private readonly parts: ServerParts & { port: number };
  private readonly server: WebSocketServer;
  private readonly strangers = new Set<WebSocket>();
  private readonly admitted = new Map<WebSocket, ConnectedClient & { pairing: string }>();

  constructor(parts: ServerParts & { port: number }) {
    this.parts = parts;
    this.server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
    parts.door.onRevoke((pairing) => {
      for (const [socket, client] of this.admitted) if (client.pairing === pairing) socket.terminate();
    });
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { port, dashboard, log } = this.parts;
    socket.on('error', (error) => log.warn({ err: error }, 'upgrade failed'));
    const { host, origin, cookie } = request.headers;
    const verdict = judge({ host, origin }, port);
    if (verdict === 'refused') {
      log.warn({ host, origin }, 'connection refused');
      return refuse(socket, '403 Forbidden');
    }
    if (this.strangers.size >= MAX_STRANGERS) return refuse(socket, '429 Too Many Requests');
    const byCookie = verdict === 'own' && dashboard.admits(cookie);
    this.server.handleUpgrade(request, socket, head, (client) => this.converse(client, { cookie: byCookie, origin }));
  }

  clients(): ConnectedClient[] {
    return [...this.admitted.values()].map(({ name, version }) => ({ name, version }));
  }

  close(): void {
    for (const client of this.server.clients) client.terminate();
    this.server.close();
  }

  private converse(client: WebSocket, request: { cookie: boolean; origin: string | undefined }): void {
    this.strangers.add(client);
    client.on('close', () => {
      this.strangers.delete(client);
      this.admitted.delete(client);
    });
    const onAdmitted: SocketParts['onAdmitted'] = (known) => {
      this.strangers.delete(client);
      this.admitted.set(client, known);
    };
    startConversation(client, { ...this.parts, ...request, onAdmitted });
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

async function listen(server: Server, port: number | null): Promise<number> {
  const candidates = port === null ? [...PORTS] : [port];
  for (const candidate of candidates)
    if (await tryPort(server, candidate)) return (server.address() as AddressInfo).port;
  throw new AppError('daemon.no-port', { ports: candidates.join(', ') });
}

/** The literal address: on `localhost` somebody else may own the IPv6 half. */
function tryPort(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    };
    server.once('error', failed);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.off('error', failed);
      resolve(true);
    });
  });
}
