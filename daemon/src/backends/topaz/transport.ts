import { AppError } from '@uprez/shared';
import { Agent, request } from 'undici';
import type { z } from 'zod';
import { cloud, isPassing, refusal } from './refusals.ts';
import { backoff, type Wait } from './wait.ts';

/** The service refuses longer bodies, without saying why. */
export const MOST_BODY_BYTES = 3000;
const MOST_ANSWER_BYTES = 8 * 2 ** 20;
const TIMEOUT_MS = 60_000;
const TRIES = 5;
/** Longer waits are the caller's, who can tell the user. */
const LONGEST_RETRY_AFTER_MS = 120_000;

export interface TransportOptions {
  /** Without a slash at the end. */
  baseUrl: string;
  /** Asked for each call, so that a key that was exchanged counts at once; null where there is none. */
  apiKey: () => Promise<string | null>;
  wait: Wait;
}

export interface Call<T> {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: object;
  /** What a good answer holds. One without a body is read as `{}`. */
  reply: z.ZodType<T>;
  signal: AbortSignal;
  /** Works without a key. */
  open?: boolean;
  /** May the call be made again when nobody knows whether it arrived? Default: yes. */
  repeatable?: boolean;
}

type Outcome<T> = { reply: T } | { error: AppError; again: boolean; afterMs: number };

interface Answer {
  status: number;
  text: string;
  retryAfterMs: number | null;
}

/** JSON calls to the service: key, timeouts, retries, errors in the user's words. */
export class Transport {
  private readonly options: TransportOptions;
  private readonly agent = new Agent({
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    connect: { timeout: 15_000 },
  });

  constructor(options: TransportOptions) {
    this.options = options;
  }

  /** Throws the `cloud.*` errors, or the signal's reason. */
  async ask<T>(call: Call<T>): Promise<T> {
    const body = call.body === undefined ? undefined : bodyOf(call.body);
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.attempt(call, body);
      if ('reply' in outcome) return outcome.reply;
      if (attempt === TRIES || !outcome.again) throw outcome.error;
      await this.options.wait(Math.max(outcome.afterMs, backoff(attempt)), call.signal);
    }
  }

  private async attempt<T>(call: Call<T>, body: string | undefined): Promise<Outcome<T>> {
    const { repeatable = true, signal } = call;
    try {
      const answer = await this.send(call, body);
      if (answer.status < 300) return { reply: read(call, answer.text) };
      const error = refusal(answer.status, answer.text);
      const afterMs = answer.retryAfterMs ?? 0;
      // A refusal of the load balancer means that the call was not made; other failures leave that open.
      const again = isPassing(error) && (repeatable || answer.status === 429) && afterMs <= LONGEST_RETRY_AFTER_MS;
      return { error, again, afterMs };
    } catch (cause) {
      signal.throwIfAborted();
      const error = cause instanceof AppError ? cause : cloud('cloud.unreachable', { why: reasonOf(cause) }, cause);
      return { error, again: repeatable && isPassing(error), afterMs: 0 };
    }
  }

  private async send({ method, path, signal, open }: Call<unknown>, body: string | undefined): Promise<Answer> {
    const key = open ? null : await this.options.apiKey();
    if (!open && key === null) throw cloud('cloud.no-key');
    const headers = {
      ...(key === null ? {} : { 'x-api-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      accept: 'application/json',
    };
    const response = await request(`${this.options.baseUrl}${path}`, {
      ...{ method, headers, signal, dispatcher: this.agent },
      ...(body === undefined ? {} : { body }),
    });
    // Services have been seen to quote the key they refuse; what they say is shown, logged and kept.
    const said = await textOf(response.body);
    const text = key === null ? said : said.replaceAll(key, '…');
    return { status: response.statusCode, text, retryAfterMs: retryAfter(response.headers['retry-after']) };
  }
}

/** Throws `cloud.refused` for a body that the service would not read. */
export function bodyOf(body: object): string {
  const text = JSON.stringify(body);
  if (Buffer.byteLength(text) > MOST_BODY_BYTES) throw cloud('cloud.refused', { why: 'it is too long' });
  return text;
}

/** In the network's words: ECONNREFUSED, ENOTFOUND, a timeout. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : error.message;
}

function read<T>({ reply }: Call<T>, text: string): T {
  try {
    return reply.parse(text === '' ? {} : JSON.parse(text));
  } catch (cause) {
    throw cloud('cloud.bad-answer', { why: text === '' ? 'it is empty' : 'it has another shape' }, cause);
  }
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MOST_ANSWER_BYTES) throw cloud('cloud.bad-answer', { why: 'it is too long' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(value: string | string[] | undefined): number | null {
  if (typeof value !== 'string') return null;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}
