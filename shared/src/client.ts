import { type CallName, type CallParams, type CallResult, calls } from './calls.ts';
import { AppError, fromWire } from './errors.ts';
import { applyMessage, emptyView, type View } from './job-mirror.ts';
import { type ClientMessage, PROTOCOL, ServerMessage, type Snapshot } from './messages.ts';
import { type Handshake, proof, sameProof } from './pairing.ts';

/** The part of a WebSocket that the client uses; browsers, UXP and `ws` all have it. */
export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  onerror: (() => void) | null;
}

/** `cookie`: the browser proves itself with the cookie of a one-time link, no secret is known to the page. */
export type Credentials = { kind: 'pairing'; id: string; secret: string } | { kind: 'cookie' };

export interface ClientOptions {
  socket: Socket;
  port: number;
  credentials: Credentials;
  /** Shown in the list of connections: "panel", "command line", "dashboard". */
  name: string;
  /** 32 bytes from the platform's secure random source, as hex. */
  nonce: string;
}

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
    // The client takes over in the same turn: the next message may come with the same packet as the snapshot.
    return shakeHands(options, (snapshot) => new DaemonClient(options.socket, snapshot));
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

  close(): void {
    this.socket.close();
  }

  private send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  private receive(data: unknown): void {
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

/** hello → challenge (the daemon proves itself first) → proof → snapshot; with a cookie hello → snapshot. */
function shakeHands<T>(options: ClientOptions, welcome: (snapshot: Snapshot) => T): Promise<T> {
  const { socket, credentials, nonce } = options;
  return new Promise((resolve, reject) => {
    const fail = (error: AppError): void => {
      reject(error);
      socket.close();
    };
    const pairing = credentials.kind === 'cookie' ? 'cookie' : credentials.id;
    socket.onopen = () =>
      socket.send(JSON.stringify({ type: 'hello', protocol: PROTOCOL, client: options.name, pairing, nonce }));
    socket.onclose = () => reject(new AppError('daemon.disconnected'));
    socket.onerror = () => reject(new AppError('daemon.disconnected'));
    socket.onmessage = (event) => {
      const message = parseMessage(event.data);
      if (!message) return fail(new AppError('daemon.unauthorized'));
      if (message.type === 'snapshot') return resolve(welcome(message));
      if (message.type === 'refusal') return fail(fromWire(message.error));
      if (message.type !== 'challenge' || credentials.kind === 'cookie')
        return fail(new AppError('daemon.unauthorized'));
      const answer = answerChallenge(message, options, credentials.secret);
      if (answer instanceof AppError) return fail(answer);
      socket.send(JSON.stringify({ type: 'proof', proof: answer }));
    };
  });
}

function answerChallenge(
  challenge: ServerMessage & { type: 'challenge' },
  options: ClientOptions,
  secret: string,
): string | AppError {
  const handshake: Handshake = {
    clientNonce: options.nonce,
    serverNonce: challenge.nonce,
    instance: challenge.instance,
    port: options.port,
    protocol: PROTOCOL,
  };
  // Whoever listens on the port without knowing the secret is an impostor: tell it nothing.
  if (!sameProof(challenge.proof, proof(secret, 'server', handshake))) return new AppError('daemon.unauthorized');
  return proof(secret, 'client', handshake);
}

/** Undefined where the text is no message of this protocol. */
function parseMessage(data: unknown): ServerMessage | undefined {
  try {
    return ServerMessage.parse(JSON.parse(String(data)));
  } catch {
    return undefined;
  }
}
