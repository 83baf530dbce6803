import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { PROTOCOL, proof } from '@uprez/shared';
import { WebSocket } from 'ws';
import { readEndpoint } from '../../src/instance.ts';
import { randomHex } from './clients.ts';

export interface Reply {
  status: number;
  headers: IncomingMessage['headers'];
  body: unknown;
}

export interface Ask {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** A real request with any headers, also those that `fetch` does not let one set. */
export async function ask(port: number, { method = 'GET', path, headers = {}, body }: Ask): Promise<Reply> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers: { ...json, ...headers } });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const isJson = incoming.headers['content-type']?.includes('json') ?? false;
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: isJson ? JSON.parse(text) : text };
}

/** The handshake over HTTP, as a script does it: by the endpoint file, or with a pairing of its own. */
export async function logIn(
  endpointFile: string,
  own?: { id: string; secret: string },
): Promise<{ authorization: string }> {
  const { port, pairing: usual } = readEndpoint(endpointFile)!;
  const pairing = own ?? usual;
  const nonce = randomHex();
  const hello = { protocol: PROTOCOL, client: 'script', pairing: pairing.id, nonce };
  const opened = await ask(port, { method: 'POST', path: '/session', body: hello });
  const { session, challenge } = opened.body as { session: string; challenge: { nonce: string; instance: string } };
  const facts = {
    clientNonce: nonce,
    serverNonce: challenge.nonce,
    instance: challenge.instance,
    port,
    protocol: PROTOCOL,
  };
  const body = { proof: proof(pairing.secret, 'client', facts) };
  const proven = await ask(port, { method: 'POST', path: `/session/${session}/proof`, body });
  return { authorization: `Bearer ${(proven.body as { token: string }).token}` };
}

/** A socket that says what it is told to, and collects what it hears. */
export class RawSocket {
  readonly heard: Record<string, unknown>[] = [];
  readonly closed: Promise<void>;
  readonly opened: Promise<void>;
  /** HTTP status of a refused upgrade. */
  refusedWith: number | undefined;
  private readonly socket: WebSocket;

  constructor(port: number, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers });
    this.opened = new Promise((resolve) => this.socket.once('open', resolve));
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
    this.socket.on('error', () => {});
    this.socket.on('unexpected-response', (_, response) => {
      this.refusedWith = response.statusCode;
      this.socket.terminate();
    });
    this.socket.on('message', (bytes: Buffer) =>
      this.heard.push(JSON.parse(bytes.toString()) as Record<string, unknown>),
    );
  }

  async say(message: unknown): Promise<void> {
    await this.opened;
    this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  close(): void {
    this.socket.terminate();
  }
}
