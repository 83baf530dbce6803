import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import { piecesOf, type Stretch } from './pieces.ts';
import { cloud, isRefused } from './refusals.ts';
import { reasonOf } from './transport.ts';

/** A silence of this long ends a try. Uploads wait for the answer after the last byte. */
const SILENCE_MS = 120_000;

/**
 * The service's storage, by links that are their own permission: the API key never goes there. A link of another protocol
 * than the service's own is refused.
 */
export class Storage {
  private readonly protocol: string;
  private readonly agent = new Agent({
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
    connect: { timeout: 15_000 },
  });

  constructor(baseUrl: string) {
    this.protocol = new URL(baseUrl).protocol;
  }

  /**
   * Sends a part with its exact length (the storage knows no chunked bodies) and resolves to its ETag, without quotes.
   * `onBytes` hears how many are on their way. Throws `cloud.unavailable` or `cloud.unreachable`, `cloud.forbidden` where
   * the link is not good any more.
   */
  async put(link: string, part: Stretch & { onBytes?: (bytes: number) => void }, signal: AbortSignal): Promise<string> {
    const pieces = piecesOf(part, part.onBytes);
    try {
      const response = await request(this.checked(link), {
        ...{ method: 'PUT', signal, dispatcher: this.agent },
        headers: { 'content-length': String(part.length) },
        // undici sends from any async iterable, and asks for the next piece when the socket has taken the last one; its
        // types know of streams only, which would read ahead.
        body: pieces as unknown as Readable,
      });
      await response.body.dump();
      if (response.statusCode >= 300) throw refused(response.statusCode);
      const eTag = response.headers['etag'];
      if (typeof eTag !== 'string' || eTag === '') throw cloud('cloud.bad-answer', { why: 'it has no ETag' });
      return eTag.replaceAll('"', '');
    } catch (cause) {
      throw this.explained(cause, signal);
    } finally {
      await pieces.return();
    }
  }

  /**
   * Continues a file from the bytes it has to its end. Resolves to its whole size. Throws as `put` does; what has arrived
   * stays. A storage that sends everything again makes the file start again.
   */
  async get(
    link: string,
    file: { path: string; onBytes: (bytes: number, total: number) => void },
    signal: AbortSignal,
  ) {
    const handle = await open(file.path, 'a');
    try {
      const { size: have } = await handle.stat();
      const response = await request(this.checked(link), {
        ...{ method: 'GET', signal, dispatcher: this.agent },
        headers: have > 0 ? { range: `bytes=${have}-` } : {},
      });
      const { from, total } = spanOf(response, have);
      if (from === total && have > 0) {
        await response.body.dump();
        return total;
      }
      if (from !== have) await handle.truncate(0);
      let written = from;
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
        await handle.write(chunk);
        written += chunk.byteLength;
        file.onBytes(written, total);
      }
      await handle.sync();
      if (written !== total) throw cloud('cloud.unreachable', { why: `${written} of ${total} bytes came` });
      return total;
    } catch (cause) {
      throw this.explained(cause, signal);
    } finally {
      await handle.close();
    }
  }

  private checked(link: string): URL {
    const url = URL.canParse(link) ? new URL(link) : undefined;
    if (url?.protocol !== this.protocol) throw cloud('cloud.bad-answer', { why: 'its link is not usable' });
    return url;
  }

  private explained(cause: unknown, signal: AbortSignal): unknown {
    signal.throwIfAborted();
    if (isRefused(cause, 'cloud.bad-answer', 'cloud.unavailable', 'cloud.forbidden', 'cloud.unreachable')) return cause;
    return isDiskFull(cause) ? cause : cloud('cloud.unreachable', { why: reasonOf(cause) }, cause);
  }
}

interface Answer {
  statusCode: number;
  headers: Record<string, string | string[] | undefined>;
}

/** Which bytes come, and how many there are in all. */
function spanOf({ statusCode, headers }: Answer, have: number): { from: number; total: number } {
  const whole = Number.parseInt(String(headers['content-length']), 10);
  if (statusCode === 200 && whole >= 0) return { from: 0, total: whole };
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(String(headers['content-range']));
  const [first, total] = (range ?? []).slice(1).map(Number);
  if (statusCode === 206 && first === have && total !== undefined) return { from: have, total };
  // Nothing comes after the last byte.
  if (statusCode === 416 && total === have) return { from: have, total: have };
  throw statusCode < 300 ? cloud('cloud.bad-answer', { why: 'its length is not known' }) : refused(statusCode);
}

/** Storages say 403 both for links that have expired and for ones that were never good. */
function refused(status: number): Error {
  return status === 403 || status === 404 || status === 410
    ? cloud('cloud.forbidden', { why: `HTTP ${status}` })
    : cloud('cloud.unavailable', { why: `HTTP ${status}` });
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
}
