import { type CallName, type CallParams, type CallResult, calls } from './calls.ts';
import { AppError, fromWire } from './errors.ts';
import {
  type ClientOptions,
  type Conversation,
  codeHandshake,
  converse,
  handshake,
  type LastingPairing,
  type PairOptions,
  type Socket,
} from './handshake.ts';
import { applyMessage, emptyView, type View } from './job-mirror.ts';
import { type ClientMessage, ServerMessage, type Snapshot } from './messages.ts';

interface Waiting {
  name: CallName;
  resolve: (result: unknown) => void;
  reject: (error: AppError) => void;
}

/** A typed connection to the daemon: calls, and a view that follows the daemon's state. */
export class DaemonClient {
  /** Resolves when the connection has ended, for whatever reason. */
  readonly closed: Promise<void>;
  private readonly socket: Socket;
  private readonly waiting = new Map<number, Waiting>();
  private readonly listeners = new Set<(view: View) => void>();
  private current: View;
  private nextId = 1;
  private messages = 0;

  private constructor(socket: Socket, snapshot: Snapshot) {
    this.socket = socket;
    this.current = applyMessage(emptyView, snapshot);
    this.closed = new Promise((resolve) => {
      socket.onclose = () => {
        this.rejectAll();
        resolve();
      };
    });
    socket.onmessage = (event) => this.receive(event.data);
    socket.onerror = null;
  }

  /**
   * Proves both sides to each other and waits for the snapshot.
   * Throws `daemon.unauthorized` (unknown pairing, or an impostor on the port), `daemon.version-mismatch`,
   * `daemon.disconnected`.
   */
  static connect(options: ClientOptions): Promise<DaemonClient> {
    return DaemonClient.open(options.socket, handshake(options));
  }

  /**
   * Pairs by the six-digit code that the daemon shows; the pairing that it returns is for later connections.
   * Throws like `connect`; a wrong or expired code is `daemon.unauthorized`.
   */
  static async pair(options: PairOptions): Promise<{ client: DaemonClient; pairing: LastingPairing }> {
    const conversation = codeHandshake(options);
    const client = await DaemonClient.open(options.socket, conversation);
    return { client, pairing: conversation.pairing() };
  }

  private static open(socket: Socket, conversation: Conversation): Promise<DaemonClient> {
    // The client takes over in the same turn: the next message may come with the same packet as the snapshot.
    return converse(socket, conversation, (snapshot) => new DaemonClient(socket, snapshot));
  }

  get view(): View {
    return this.current;
  }

  /** Calls the listener now and after every change. Returns the function that stops it. */
  subscribe(listener: (view: View) => void): () => void {
    this.listeners.add(listener);
    listener(this.current);
    return () => this.listeners.delete(listener);
  }

  /** Rejects with the daemon's AppError, or `daemon.disconnected` when the connection ends first. */
  call<N extends CallName>(name: N, params: CallParams<N>): Promise<CallResult<N>> {
    const id = this.nextId++;
    return new Promise<CallResult<N>>((resolve, reject) => {
      // The reply is parsed with this call's own schema before it is resolved, so the cast only restates that.
      this.waiting.set(id, { name, resolve: (result) => resolve(result as CallResult<N>), reject });
      this.send({ type: 'call', id, name, params });
    });
  }

  /** Grows with every message. Where it stands still after a ping, nobody is there any more. */
  get heard(): number {
    return this.messages;
  }

  /** Asks for a sign of life. */
  ping(): void {
    this.send({ type: 'ping' });
  }

  close(): void {
    this.socket.close();
  }

  private send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  private receive(data: unknown): void {
    this.messages += 1;
    const message = parseMessage(data);
    // Whatever it is, it is not the daemon that shook hands.
    if (!message) return this.close();
    if (message.type === 'reply')
      return this.settle(message.id, (call) => {
        const result = calls[call.name].result.safeParse(message.result);
        if (result.success) call.resolve(result.data);
        else call.reject(new AppError('daemon.internal', {}, { cause: result.error }));
      });
    if (message.type === 'refusal') return this.refuse(message.id, fromWire(message.error));
    this.current = applyMessage(this.current, message);
    for (const listener of this.listeners) listener(this.current);
  }

  private refuse(id: number | null, error: AppError): void {
    if (id !== null) this.settle(id, (call) => call.reject(error));
  }

  private settle(id: number, how: (call: Waiting) => void): void {
    const call = this.waiting.get(id);
    this.waiting.delete(id);
    if (call) how(call);
  }

  private rejectAll(): void {
    for (const call of this.waiting.values()) call.reject(new AppError('daemon.disconnected'));
    this.waiting.clear();
  }
}

/** Undefined where the text is no message of this protocol. */
function parseMessage(data: unknown): ServerMessage | undefined {
  try {
    return ServerMessage.parse(JSON.parse(String(data)));
  } catch {
    return undefined;
  }
}
