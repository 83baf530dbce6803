import { clientKey, clientKeys, type Exchange, lastingSecret } from './code-pairing.ts';
import { AppError, fromWire } from './errors.ts';
import { type ClientMessage, PROTOCOL, ServerMessage, type Snapshot } from './messages.ts';
import { proof, sameProof } from './pairing.ts';
import { VERSION } from './version.ts';

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

interface Introduction {
  socket: Socket;
  port: number;
  /** Shown in the list of connections: "panel", "command line", "dashboard". */
  name: string;
  /** 32 bytes from the platform's secure random source, as hex. */
  nonce: string;
}

export interface ClientOptions extends Introduction {
  credentials: Credentials;
}

export interface PairOptions extends Introduction {
  /** The six digits that the daemon shows. */
  code: string;
  /** Another 32 random bytes, as hex. */
  random: string;
}

/** What a client keeps to come back without a code. */
export interface LastingPairing {
  id: string;
  secret: string;
}

/** One side of the talk before the snapshot. `answer` throws where the other side can't be trusted. */
export interface Conversation {
  opening: ClientMessage;
  answer(message: ServerMessage): ClientMessage | undefined;
  /** May the snapshot be believed now? */
  trusted(): boolean;
}

/** Runs a conversation until the snapshot. Rejects with an AppError; the socket is closed then. */
export function converse<T>(socket: Socket, conversation: Conversation, begin: (snapshot: Snapshot) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const send = (message: ClientMessage): void => socket.send(JSON.stringify(message));
    const receive = (data: unknown): void => {
      const message = ServerMessage.parse(JSON.parse(String(data)));
      if (message.type === 'refusal') throw fromWire(message.error);
      if (message.type === 'snapshot' && conversation.trusted()) return resolve(begin(message));
      const reply = conversation.answer(message);
      if (reply) send(reply);
    };
    socket.onopen = () => send(conversation.opening);
    socket.onclose = () => reject(new AppError('daemon.disconnected'));
    socket.onerror = () => reject(new AppError('daemon.disconnected'));
    socket.onmessage = (event) => {
      try {
        receive(event.data);
      } catch (error) {
        // Whoever talks differently is not our daemon.
        reject(error instanceof AppError ? error : new AppError('daemon.unauthorized', {}, { cause: error }));
        socket.close();
      }
    };
  });
}

/** hello → challenge (the daemon proves itself first) → proof → snapshot; with a cookie hello → snapshot. */
export function handshake({ credentials, name, nonce, port }: ClientOptions): Conversation {
  const pairing = credentials.kind === 'cookie' ? 'cookie' : credentials.id;
  let trusted = credentials.kind === 'cookie';
  return {
    opening: { type: 'hello', protocol: PROTOCOL, client: name, version: VERSION, pairing, nonce },
    answer(message) {
      if (message.type !== 'challenge' || credentials.kind === 'cookie') throw new AppError('daemon.unauthorized');
      const { nonce: serverNonce, instance } = message;
      const facts = { clientNonce: nonce, serverNonce, instance, port, protocol: PROTOCOL };
      // Whoever listens on the port without knowing the secret is an impostor: tell it nothing.
      if (!sameProof(message.proof, proof(credentials.secret, 'server', facts)))
        throw new AppError('daemon.unauthorized');
      trusted = true;
      return { type: 'proof', proof: proof(credentials.secret, 'client', facts) };
    },
    trusted: () => trusted,
  };
}

/** pair → code-challenge → proof → paired (the daemon's proof) → snapshot. */
export function codeHandshake(options: PairOptions): Conversation & { pairing(): LastingPairing } {
  const { code, name, nonce, port } = options;
  const keys = clientKeys(options.random);
  let expected: { common: string; proof: string } | undefined;
  let pairing: LastingPairing | undefined;
  return {
    opening: { type: 'pair', protocol: PROTOCOL, client: name, version: VERSION, nonce, key: keys.public },
    answer(message) {
      if (message.type === 'code-challenge' && !expected) {
        const exchange: Exchange = { clientKey: keys.public, serverKey: message.key, salt: message.nonce };
        const common = clientKey(keys, code, exchange);
        const facts = {
          clientNonce: nonce,
          serverNonce: message.nonce,
          instance: message.instance,
          port,
          protocol: PROTOCOL,
        };
        expected = { common, proof: proof(common, 'server', facts) };
        return { type: 'proof', proof: proof(common, 'client', facts) };
      }
      if (message.type !== 'paired' || !expected || !sameProof(message.proof, expected.proof))
        throw new AppError('daemon.unauthorized');
      pairing = { id: message.pairing, secret: lastingSecret(expected.common, message.pairing) };
      return undefined;
    },
    trusted: () => pairing !== undefined,
    pairing() {
      if (!pairing) throw new AppError('daemon.unauthorized');
      return pairing;
    },
  };
}
