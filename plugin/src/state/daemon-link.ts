import {
  AppError,
  type Credentials,
  DaemonClient,
  emptyView,
  type LastingPairing,
  PORTS,
  type Socket,
  toWire,
  type View,
  type WireError,
} from '@uprez/shared';
import { openSocket, randomHex } from './socket.ts';

/** What the views know of the connection. A new object whenever something changed. */
export interface DaemonState {
  /**
   * `absent`: no daemon was found. `unpaired`: there is one, but it doesn't know this client. `outdated`: one of the two is
   * older than the other understands. `refused`: it will not be tried again. All others come back by themselves.
   */
  readonly connection: 'connecting' | 'open' | 'lost' | 'refused' | 'absent' | 'unpaired' | 'outdated';
  readonly view: View;
  readonly client: DaemonClient | undefined;
  /** Why it is not open, where there is more to say than that nobody answers. */
  readonly error: WireError | null;
}

export interface DaemonLink {
  state(): DaemonState;
  /** Returns the function that stops listening. */
  subscribe(listener: () => void): () => void;
  /** Tries at once instead of when its time comes; a connection that is open is asked for a sign of life. */
  retry(): void;
  /** Pairs by the six digits that `uprez pair` shows. Throws `daemon.*`. */
  pair(code: string): Promise<void>;
}

/** One way in. */
export interface Door {
  port: number;
  credentials: Credentials;
}

export interface LinkOptions {
  /** Shown in the list of connections. */
  name: string;
  /** Asked before every try: ports and secrets change when the daemon starts again. */
  doors(): Promise<readonly Door[]>;
  /** A client that can't be let in later stops trying. */
  givesUp: boolean;
  /** Keeps a pairing made by code. */
  remember(pairing: LastingPairing): void;
}

const SHORTEST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** Two frames of a screen. */
const TELL_MS = 33;
const BEAT_MS = 5000;
const ANSWER_MS = 2500;
const HANDSHAKE_MS = 4000;

/** Keeps a connection to the daemon: comes back by itself when it is lost or the computer has slept. */
export function openDaemonLink(options: LinkOptions): DaemonLink {
  const link = new Link(options);
  void link.run();
  return link;
}

class Link implements DaemonLink {
  private readonly options: LinkOptions;
  private readonly listeners = new Set<() => void>();
  private current: DaemonState = { connection: 'connecting', view: emptyView, client: undefined, error: null };
  private wake = (): void => {};
  private wait = SHORTEST_WAIT_MS;
  private telling = false;

  constructor(options: LinkOptions) {
    this.options = options;
  }

  readonly state = (): DaemonState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly retry = (): void => this.wake();

  readonly pair = async (code: string): Promise<void> => {
    const failures: AppError[] = [];
    for (const port of PORTS) {
      const pairing = await this.pairAt(port, code).catch((error: unknown) => void failures.push(known(error)));
      if (!pairing) continue;
      this.options.remember(pairing);
      // The link comes in by its own door, like every time from now on.
      return this.wake();
    }
    throw telling(failures);
  };

  private async pairAt(port: number, code: string): Promise<LastingPairing> {
    const { name } = this.options;
    const once = { name, code, nonce: randomHex(32), random: randomHex(32) };
    const { client, pairing } = await talkAt(port, (socket) => DaemonClient.pair({ ...once, socket, port }));
    client.close();
    return pairing;
  }

  /** Until the client is refused for good. */
  async run(): Promise<void> {
    for (;;) {
      const entered = await this.enter();
      if (entered instanceof DaemonClient) await this.stay(entered);
      else if (this.stayOutside(entered) === 'refused') return;
      await this.pause();
    }
  }

  private async enter(): Promise<DaemonClient | AppError> {
    const failures: AppError[] = [];
    for (const door of await this.options.doors()) {
      try {
        return await talkAt(door.port, (socket) =>
          DaemonClient.connect({
            socket,
            port: door.port,
            credentials: door.credentials,
            name: this.options.name,
            nonce: randomHex(32),
          }),
        );
      } catch (error) {
        failures.push(known(error));
      }
    }
    return telling(failures);
  }

  private async stay(client: DaemonClient): Promise<void> {
    this.wait = SHORTEST_WAIT_MS;
    this.become({ connection: 'open', client, error: null });
    const stop = client.subscribe((view) => this.follow(view));
    await Promise.race([client.closed, this.silence(client)]);
    stop();
    client.close();
    this.become({ connection: 'lost', client: undefined });
  }

  /** Resolves when a ping stays unanswered: sleep and firewalls end connections without a word. */
  private async silence(client: DaemonClient): Promise<void> {
    for (;;) {
      await this.sleep(BEAT_MS);
      if (this.current.client !== client) return;
      const { heard } = client;
      client.ping();
      await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
      if (client.heard === heard) return;
    }
  }

  private stayOutside(error: AppError): DaemonState['connection'] {
    const connection = this.outside(error);
    this.become({ connection, client: undefined, error: toWire(error) });
    return connection;
  }

  private outside({ code, retryable }: AppError): DaemonState['connection'] {
    if (retryable) return this.current.connection === 'lost' ? 'lost' : 'absent';
    if (this.options.givesUp) return 'refused';
    return code === 'daemon.version-mismatch' ? 'outdated' : 'unpaired';
  }

  private async pause(): Promise<void> {
    // Not all panels at the same moment when the daemon comes back.
    await this.sleep(this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(LONGEST_WAIT_MS, this.wait * 2);
  }

  /** Ends early when somebody wants to try at once. */
  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        this.wait = SHORTEST_WAIT_MS;
        resolve();
      };
    });
  }

  private become(change: Partial<DaemonState>): void {
    this.current = { ...this.current, ...change };
    this.tell();
  }

  /** Where many jobs are added at once, as many messages come: views are drawn for all of them together. */
  private follow(view: View): void {
    this.current = { ...this.current, view };
    if (this.telling) return;
    this.telling = true;
    setTimeout(() => {
      this.telling = false;
      this.tell();
    }, TELL_MS);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** What is said of several closed doors: the one behind which somebody understood us best. */
function telling(failures: readonly AppError[]): AppError {
  return (
    failures.find(({ code }) => code === 'daemon.version-mismatch') ??
    failures.find(({ retryable }) => !retryable) ??
    failures.find(({ code }) => code !== 'daemon.disconnected') ??
    new AppError('daemon.not-running')
  );
}

function known(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('daemon.internal', {}, { cause: error });
}

/** Throws `daemon.disconnected` where nobody answers at the port. */
async function talkAt<T>(port: number, talk: (socket: Socket) => Promise<T>): Promise<T> {
  try {
    return await withSocket(`ws://127.0.0.1:${port}/ws`, talk);
  } catch (error) {
    if (known(error).code !== 'daemon.disconnected') throw error;
    // Some hosts let only the other name through.
    return withSocket(`ws://localhost:${port}/ws`, talk);
  }
}

/** Whoever listens there without talking gets some seconds. */
async function withSocket<T>(url: string, talk: (socket: Socket) => Promise<T>): Promise<T> {
  const socket = openSocket(url);
  const timer = setTimeout(() => socket.close(), HANDSHAKE_MS);
  try {
    return await talk(socket);
  } finally {
    clearTimeout(timer);
  }
}
