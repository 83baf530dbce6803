import { ClientMessage, type Hello, PROTOCOL, proof, sameProof, Settings } from '../../src/index.ts';
import type { ServerEnd } from './socket-pair.ts';

type Call = ClientMessage & { type: 'call' };

interface ScriptOptions {
  secret: string;
  port: number;
  /** Said in one breath with the snapshot. */
  greeting?: unknown[];
}

/** The server's half of the conversation, with a secret that may be the right one or a guess. */
export function scriptDaemon(socket: ServerEnd, options: ScriptOptions) {
  const heard: ClientMessage[] = [];
  const callers: ((call: Call) => void)[] = [];
  let handshake = handshakeWith('', options.port);
  const welcome = (): void => {
    for (const each of [snapshot, ...(options.greeting ?? [])]) socket.say(each);
  };
  const greet = (hello: Hello): void => {
    if (hello.pairing === 'cookie') return welcome();
    handshake = handshakeWith(hello.nonce, options.port);
    const mine = proof(options.secret, 'server', handshake);
    const { instance, serverNonce: nonce } = handshake;
    socket.say({ type: 'challenge', protocol: PROTOCOL, instance, nonce, proof: mine });
  };
  socket.onmessage = ({ data }) => {
    const message = ClientMessage.parse(JSON.parse(String(data)));
    heard.push(message);
    if (message.type === 'hello') greet(message);
    if (message.type === 'call') callers.shift()?.(message);
    if (message.type !== 'proof') return;
    if (sameProof(message.proof, proof(options.secret, 'client', handshake))) welcome();
  };
  return {
    /** Everything the client said. */
    heard,
    /** Resolves with the next call of the client. */
    nextCall: () => new Promise<Call>((resolve) => callers.push(resolve)),
  };
}

function handshakeWith(clientNonce: string, port: number) {
  return { clientNonce, serverNonce: 'b'.repeat(64), instance: 'run-1', port, protocol: PROTOCOL };
}

const snapshot = {
  ...{ type: 'snapshot', version: '9.9.9', jobs: [], progress: {}, pulls: {} },
  settings: Settings.parse({}),
};
