import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface OddDaemon extends AsyncDisposable {
  readonly port: number;
  /** Connections that were made so far. */
  readonly met: number;
}

/** Listens where a daemon would, and answers the first message in its own way. */
export async function oddDaemon(answer: (socket: WebSocket) => void): Promise<OddDaemon> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  let met = 0;
  server.on('connection', (socket) => {
    met += 1;
    socket.once('message', () => answer(socket));
  });
  return {
    port: (server.address() as AddressInfo).port,
    get met() {
      return met;
    },
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What browsers and UXP have, for code that expects it. */
export { WebSocket } from 'ws';
