import { type Dispatcher, request } from 'undici';
import { Refusal } from './refusal.ts';

export interface Question {
  /** The first byte that is wanted. */
  from: number;
  /** What the server called the file that the bytes before are of (RFC 9110: If-Range). */
  validator: string | null;
  signal: AbortSignal;
  dispatcher: Dispatcher;
  /** The one origin that may be asked without TLS. */
  plainOrigin: string | null;
}

/** An answer with bytes of the file in it; its body must be read or dropped. */
export interface Reply {
  /** The first byte and the length of the whole file, where it is a part. */
  range: { start: number; total: number | null } | null;
  /** Of the body; null where the server doesn't say. */
  length: number | null;
  headers: Headers;
  body(): AsyncGenerator<Uint8Array>;
  drop(): Promise<void>;
}

export type Headers = Dispatcher.ResponseData['headers'];

const MAX_REDIRECTS = 10;
/** A server that is silent for so long won't answer. */
const SILENCE_LIMIT_MS = 30_000;
/** Longest that a server may ask to be left alone. */
const LONGEST_WAIT_MS = 120_000;

/** Asks for a file from some byte on, following redirects. Throws a Refusal, or an error when the signal says so. */
export async function ask(address: string, question: Question): Promise<Reply> {
  let url = new URL(address);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    expectTls(url, question.plainOrigin);
    const response = await send(url.href, question);
    const { location } = response.headers;
    const redirected = response.statusCode >= 300 && response.statusCode < 400 && typeof location === 'string';
    if (!redirected) return replyOf(response);
    await response.body.dump();
    if (!URL.canParse(location, url.href)) throw new Refusal('it redirects to an address that can’t be read');
    url = new URL(location, url);
  }
  throw new Refusal('it redirects without end');
}

export function hostOf(address: string): string {
  return new URL(address).host;
}

function expectTls({ protocol, origin }: URL, plainOrigin: string | null): void {
  if (protocol !== 'https:' && origin !== plainOrigin)
    throw new Refusal('it redirects to an address without encryption');
}

async function send(url: string, question: Question): Promise<Dispatcher.ResponseData> {
  const { from, validator, signal, dispatcher } = question;
  const range = from > 0 ? { range: `bytes=${from}-`, ...(validator !== null && { 'if-range': validator }) } : {};
  try {
    return await request(url, {
      dispatcher,
      signal,
      headers: { 'user-agent': 'uprez', 'accept-encoding': 'identity', ...range },
      headersTimeout: SILENCE_LIMIT_MS,
      bodyTimeout: SILENCE_LIMIT_MS,
    });
  } catch (error) {
    throw broken(error);
  }
}

async function replyOf(response: Dispatcher.ResponseData): Promise<Reply> {
  const { statusCode, headers, body } = response;
  const encoding = headers['content-encoding'] ?? 'identity';
  const range = statusCode === 206 ? rangeOf(headers['content-range']) : null;
  if ((statusCode === 200 || range) && encoding === 'identity')
    return {
      range,
      length: countIn(headers['content-length']),
      headers,
      body: () => chunksOf(body),
      drop: () => body.dump(),
    };
  await body.dump();
  throw refusalOf(response);
}

function refusalOf({ statusCode, headers }: Dispatcher.ResponseData): Refusal {
  const why =
    statusCode < 300 ? 'it sends the file in a form that was not asked for' : `it answered with ${statusCode}`;
  // 416: what is there is longer than the server's file.
  const startOver = statusCode === 416 || statusCode === 206;
  const passing = startOver || statusCode === 408 || statusCode === 425 || statusCode === 429 || statusCode >= 500;
  return new Refusal(why, { passing, startOver, waitMs: waitIn(headers['retry-after']) });
}

async function* chunksOf(body: Dispatcher.ResponseData['body']): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk as Uint8Array;
  } catch (error) {
    throw broken(error);
  }
}

function broken(cause: unknown): Refusal {
  const { code, message } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : {};
  return new Refusal(words[code ?? ''] ?? message ?? 'the connection broke', { kind: 'offline', passing: true, cause });
}

/** What the usual troubles are called by people. */
const words: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the address was not found',
  EAI_AGAIN: 'the address was not found',
  ECONNREFUSED: 'nobody answers there',
  ECONNRESET: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_CONNECT_TIMEOUT: 'nobody answers there',
  UND_ERR_HEADERS_TIMEOUT: 'the server went silent',
  UND_ERR_BODY_TIMEOUT: 'the server went silent',
};

/** "bytes 100-199/200", the length being "*" where the server doesn't know it. */
function rangeOf(header: string | string[] | undefined): Reply['range'] {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(String(header));
  return match ? { start: Number(match[1]), total: match[2] === '*' ? null : Number(match[2]) } : null;
}

function countIn(header: string | string[] | undefined): number | null {
  return /^\d+$/.test(String(header)) ? Number(header) : null;
}

/** Milliseconds, from seconds; a date is as good as nothing said. */
function waitIn(header: string | string[] | undefined): number | undefined {
  const seconds = countIn(header);
  return seconds === null ? undefined : Math.min(seconds * 1000, LONGEST_WAIT_MS);
}
