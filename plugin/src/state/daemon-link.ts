import { AppError, type Credentials, DaemonClient, emptyView, type Socket, type View } from '@uprez/shared';

/** What the views know of the connection. A new object whenever something changed. */
export interface DaemonState {
  readonly connection: 'connecting' | 'open' | 'lost' | 'refused';
  readonly view: View;
  readonly client: DaemonClient | undefined;
}

export interface DaemonLink {
  state(): DaemonState;
  /** Returns the function that stops listening. */
  subscribe(listener: () => void): () => void;
}

interface LinkOptions {
  port: number;
  credentials: Credentials;
  name: string;
}

const RETRY_MS = 1500;

/** Keeps a connection to the daemon: comes back by itself when it is lost, gives up only when it is refused. */
export function openDaemonLink(options: LinkOptions): DaemonLink {
  const listeners = new Set<() => void>();
  let current: DaemonState = { connection: 'connecting', view: emptyView, client: undefined };
  const become = (change: Partial<DaemonState>): void => {
    current = { ...current, ...change };
    for (const listener of listeners) listener();
  };
  const connect = async (): Promise<void> => {
    try {
      const client = await DaemonClient.connect({ ...options, socket: openSocket(options.port), nonce: randomHex(32) });
      become({ connection: 'open', client });
      client.subscribe((view) => become({ view }));
      await client.closed;
    } catch (error) {
      if (error instanceof AppError && !error.retryable) return become({ connection: 'refused', client: undefined });
    }
    become({ connection: 'lost', client: undefined });
    setTimeout(() => void connect(), RETRY_MS);
  };
  void connect();
  return {
    state: () => current,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
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
  webSocket.addEventListener('open', () => socket.onopen?.());
  webSocket.addEventListener('message', (event) => socket.onmessage?.({ data: event.data }));
  webSocket.addEventListener('close', () => socket.onclose?.());
  webSocket.addEventListener('error', () => socket.onerror?.());
  return socket;
}

function randomHex(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
