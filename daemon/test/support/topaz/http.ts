import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../src/clock.ts';
import type { Faults, Reply, Trouble } from './faults.ts';
import type { Journal, Received } from './journal.ts';
import { send } from './sending.ts';

/** What a host does with requests; faults and the journal are the same for all hosts. */
export interface Host {
  /** What the request is for, before its body is read. */
  recognise(request: IncomingMessage): Pick<Received, 'host' | 'step' | 'id' | 'part'>;
  /** Reads the body and does what is asked. */
  answer(request: IncomingMessage, received: Received): Promise<Reply>;
}

/** What all hosts of an emulator share. */
export interface Surroundings {
  journal: Journal;
  faults: Faults;
  clock: Clock;
  /** Told of each request when it was answered. */
  watch: (received: Received) => void;
}

export interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** Serves a host on any free port of this computer. Disposing closes its connections too. */
export async function listen(host: Host, parts: Surroundings): Promise<Listening> {
  const server = createServer((request, response) => {
    void serve({ request, response, host, ...parts });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

interface Exchange extends Surroundings {
  request: IncomingMessage;
  response: ServerResponse;
  host: Host;
}

async function serve(exchange: Exchange): Promise<void> {
  const { request, response, host, journal, faults, clock, watch } = exchange;
  const received: Received = {
    ...host.recognise(request),
    time: clock.now(),
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    body: '',
    bodyBytes: 0,
    md5: null,
    answered: null,
  };
  journal.entries.push(received);
  const trouble = faults.for(received);
  try {
    if (trouble?.kind === 'cut-request') return await cutRequest(request, trouble.afterBytes);
    const reply = await replyTo(exchange, received, trouble);
    if (!reply) return;
    received.answered = reply.status;
    await send(response, reply, { trouble, clock });
  } catch (error) {
    // The client has gone, or the emulator is wrong, which must not look like an error of the service.
    if (!response.headersSent) response.writeHead(599, { 'content-type': 'text/plain' });
    response.end(`The emulator failed: ${String(error)}`);
  } finally {
    watch(received);
  }
}

/** Undefined where there is to be no answer. */
async function replyTo(
  { request, host }: Exchange,
  received: Received,
  trouble: Trouble | undefined,
): Promise<Reply | undefined> {
  if (!trouble || !('after' in trouble)) {
    const reply = await host.answer(request, received);
    return trouble?.kind === 'alter' ? trouble.change(reply) : reply;
  }
  if (trouble.after) await host.answer(request, received);
  // A drop is felt at once, while the body may still be on its way.
  else if (trouble.kind !== 'drop') await readThrough(request, received);
  if (trouble.kind === 'drop') request.socket.resetAndDestroy();
  return trouble.kind === 'answer' ? trouble.reply : undefined;
}

async function readThrough(request: IncomingMessage, received: Received): Promise<void> {
  for await (const chunk of request) received.bodyBytes += (chunk as Buffer).length;
}

function cutRequest(request: IncomingMessage, afterBytes: number): Promise<void> {
  const { socket } = request;
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes >= afterBytes) socket.resetAndDestroy();
  });
  return new Promise((resolve) => socket.once('close', resolve));
}
