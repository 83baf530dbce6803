import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../../src/clock.ts';
import type { Body, Reply, Trouble } from './faults.ts';

/** Sends an answer, with what goes wrong on its way. Resolves when everything is sent or the client has gone. */
export async function send(
  response: ServerResponse,
  { status, headers, body }: Reply,
  { trouble, clock }: { trouble: Trouble | undefined; clock: Clock },
): Promise<void> {
  const gone = new Promise<void>((resolve) => response.once('close', resolve));
  const length = sizeOf(body);
  response.writeHead(status, { 'content-length': String(length), ...headers });
  // A client shall see the status before it waits.
  response.flushHeaders();
  for await (const piece of paced(body, trouble, { clock, gone })) {
    if (response.destroyed) return;
    await Promise.race([gone, new Promise((resolve) => response.write(piece, resolve))]);
  }
  if (trouble?.kind === 'cut-reply' && trouble.afterBytes < length) response.destroy();
  else response.end();
}

/** The body's bytes, when they are to be sent. */
async function* paced(
  body: Body,
  trouble: Trouble | undefined,
  { clock, gone }: { clock: Clock; gone: Promise<void> },
): AsyncGenerator<Buffer> {
  const length = sizeOf(body);
  switch (trouble?.kind) {
    case 'cut-reply':
      return yield* span(body, 0, Math.min(trouble.afterBytes, length));
    case 'stall':
      yield* span(body, 0, Math.min(trouble.afterBytes, length));
      await Promise.race([gone, trouble.until]);
      return yield* span(body, trouble.afterBytes, length);
    case 'drip':
      for (let at = 0; at < length; at += trouble.pieceBytes) {
        const { everyMs } = trouble;
        if (at > 0) await Promise.race([gone, new Promise<void>((resolve) => clock.after(everyMs, resolve))]);
        yield* span(body, at, Math.min(at + trouble.pieceBytes, length));
      }
      return;
    default:
      return yield* span(body, 0, length);
  }
}

async function* span(body: Body, from: number, to: number): AsyncGenerator<Buffer> {
  if (to <= from) return;
  if (Buffer.isBuffer(body)) return yield body.subarray(from, to);
  const stream = createReadStream(body.file, { start: body.start + from, end: body.start + to - 1 });
  for await (const chunk of stream) yield chunk as Buffer;
}

function sizeOf(body: Body): number {
  return Buffer.isBuffer(body) ? body.length : body.end - body.start;
}
