import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Published } from '../../src/library/download.ts';

/** Key and certificate for 127.0.0.1, signed by itself and trusted by nobody. */
export const tls = readFileSync(fileURLToPath(new URL('../library/tls.pem', import.meta.url)), 'utf8');

/** Answers one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface FileServer extends AsyncDisposable {
  readonly origin: string;
  /** What was asked for so far: path and the headers that matter. */
  readonly asked: { path: string; range: string | undefined; ifRange: string | undefined }[];
  /** The next requests are answered so, one after the other; then all as by the last. */
  answers(...answers: Answer[]): void;
}

/** A real server on any free port. */
export async function serveFiles(protocol: 'http' | 'https' = 'http'): Promise<FileServer> {
  let script: Answer[] = [];
  const asked: FileServer['asked'] = [];
  const sockets = new Set<Socket>();
  const listener: Answer = (request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    asked.push({ path: request.url ?? '', range, ifRange: ifRange as string | undefined });
    const answer = script.length > 1 ? script.shift() : script[0];
    answer?.(request, response);
  };
  const server = protocol === 'http' ? createServer(listener) : createTlsServer({ key: tls, cert: tls }, listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answers: (...answers) => void (script = answers),
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, 'close');
    },
  };
}

export interface Manners {
  etag?: string;
  ranges?: boolean;
  /** Breaks the connection when the client has got so many bytes of the body. */
  breaks?: { after: number; line: Line };
}

/** A connection that breaks at a certain byte: no sooner than the client has seen it, no later than it has said so. */
export class Line {
  private hanging: { at: number; hangUp: () => void } | undefined;

  hang(at: number, hangUp: () => void): void {
    this.hanging = { at, hangUp };
  }

  /** The client has the file up to here. */
  reached(at: number): void {
    if (!this.hanging || at < this.hanging.at) return;
    this.hanging.hangUp();
    this.hanging = undefined;
  }
}

/** Hands out a file as servers do, or with other manners. */
export function file(bytes: Uint8Array, { etag = '"one"', ranges = true, breaks }: Manners = {}): Answer {
  return ({ headers }, response) => {
    const wanted = (headers['if-range'] ?? etag) === etag ? headers.range : undefined;
    const from = ranges ? firstByte(wanted) : 0;
    const body = bytes.subarray(from);
    response.setHeader('etag', etag);
    if (from > 0) response.setHeader('content-range', `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': body.length });
    if (!breaks) return void response.end(body);
    breaks.line.hang(from + breaks.after, () => response.destroy());
    response.write(body.subarray(0, breaks.after));
  };
}

function firstByte(range = ''): number {
  return Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0);
}

export function status(code: number, headers: Record<string, string> = {}): Answer {
  return (_, response) => void response.writeHead(code, headers).end();
}

/** What a catalogue says of a file on a server. */
export function publishedAt(url: string, bytes: Uint8Array): Published {
  return { url, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
