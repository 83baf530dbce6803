import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Reply, storageError } from './faults.ts';
import type { Host } from './http.ts';
import type { Received } from './journal.ts';
import type { Signer } from './presign.ts';
import type { VideoRequest } from './video-request.ts';

export interface StorageParts {
  signer: Signer;
  find: (id: string) => VideoRequest | undefined;
  file: (name: string) => string;
  /** Refuse parts of another size than planned; off for clients of the older rule of equal parts. */
  strictParts: boolean;
  /** false: parts are counted and digested, but not kept. */
  keepParts: boolean;
}

/**
 * The S3-like store behind signed links. It knows nothing of API keys, and like S3 it refuses a body without its length,
 * chunked bodies, second credentials, and links that expired or were changed.
 */
export function createStorage(parts: StorageParts): Host {
  return {
    recognise: (request) => {
      const url = urlOf(request);
      const part = url.searchParams.get('partNumber');
      return {
        host: 'storage',
        step:
          { PUT: 'upload' as const, GET: 'download' as const, HEAD: 'download' as const }[request.method ?? ''] ??
          'unknown',
        id: url.pathname.split('/')[1] ?? null,
        part: part === null ? null : Number(part),
      };
    },
    async answer(request, received) {
      const refusal = objection(request, parts.signer);
      if (refusal) return refuse(request, refusal);
      const owner = parts.find(received.id ?? '');
      if (!owner || owner.mediaDeleted)
        return refuse(request, storageError(404, 'NoSuchKey', 'The key does not exist.'));
      return received.step === 'upload' ? receive({ request, received, owner, parts }) : deliver(request, owner);
    },
  };
}

function objection(request: IncomingMessage, signer: Signer): Reply | undefined {
  const { headers, method = '' } = request;
  if (headers['x-api-key'] !== undefined || headers.authorization !== undefined)
    return storageError(400, 'InvalidArgument', 'Only one auth mechanism allowed');
  if (method === 'PUT' && headers['transfer-encoding'] !== undefined)
    return storageError(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented');
  if (method === 'PUT' && headers['content-length'] === undefined)
    return storageError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  switch (signer.objection(method === 'HEAD' ? 'GET' : method, urlOf(request))) {
    case 'SignatureDoesNotMatch':
      return storageError(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match.');
    case 'expired':
      return storageError(403, 'AccessDenied', 'Request has expired');
    case undefined:
      return undefined;
  }
}

/** Reads what is left of the body, else the client would see a broken connection instead of the answer. */
async function refuse(request: IncomingMessage, reply: Reply): Promise<Reply> {
  request.resume();
  if (!request.readableEnded) await new Promise((resolve) => request.once('end', resolve).once('close', resolve));
  return reply;
}

interface Arrival {
  request: IncomingMessage;
  received: Received;
  owner: VideoRequest;
  parts: StorageParts;
}

async function receive({ request, received, owner, parts }: Arrival): Promise<Reply> {
  const number = received.part ?? 0;
  const planned = owner.upload?.sizes[number - 1];
  const length = Number(request.headers['content-length']);
  if (planned === undefined || owner.status !== 'accepted')
    return refuse(request, storageError(404, 'NoSuchUpload', 'The specified upload does not exist.'));
  if (parts.strictParts && length !== planned) {
    const code = length < planned ? 'EntityTooSmall' : 'EntityTooLarge';
    return refuse(request, storageError(400, code, `Part ${number} has to be ${planned} bytes, not ${length}`));
  }
  // A name of its own for each attempt: two may run at the same time, and the one that ends last counts.
  const file = parts.file(
    `${owner.id}-part-${number}-${createHash('md5').update(`${performance.now()}`).digest('hex')}`,
  );
  const hash = createHash('md5');
  await pipeline(
    request,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        received.bodyBytes += chunk.length;
        yield chunk;
      }
    },
    parts.keepParts ? createWriteStream(file) : new Writable({ write: (_chunk, _encoding, done) => done() }),
  );
  received.md5 = hash.digest('hex');
  owner.upload?.store(number, { file, md5: received.md5 });
  return { status: 200, headers: { etag: `"${received.md5}"` }, body: Buffer.alloc(0) };
}

/** Whole, or the one span that `Range` asks for. */
function deliver(request: IncomingMessage, owner: VideoRequest): Reply {
  const { result } = owner;
  if (!result) return storageError(404, 'NoSuchKey', 'The specified key does not exist.');
  const { file, size } = result;
  const headers = {
    'accept-ranges': 'bytes',
    'content-type': owner.order.output.container === 'mov' ? 'video/quicktime' : 'video/mp4',
    etag: `"${owner.id.replaceAll('-', '')}"`,
  };
  const body = (start: number, end: number): Reply['body'] =>
    request.method === 'HEAD' ? Buffer.alloc(0) : { file, start, end };
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const changed = request.headers['if-range'] !== undefined && request.headers['if-range'] !== headers.etag;
  if (!range || changed) return { status: 200, headers, body: body(0, size) };
  const start = Number(range[1]);
  const end = range[2] ? Math.min(size, Number(range[2]) + 1) : size;
  if (start >= size)
    return {
      ...storageError(416, 'InvalidRange', 'The requested range is not satisfiable'),
      headers: { 'content-range': `bytes */${size}` },
    };
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${end - 1}/${size}` },
    body: body(start, end),
  };
}

function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? '/', `http://${request.headers.host ?? 'storage'}`);
}
