import type { Received, Step } from './journal.ts';

/** Bytes, or a span of a file (`end` excluded). */
export type Body = Buffer | { file: string; start: number; end: number };

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Body;
}

/**
 * What goes wrong with a request. `after`: the service does what was asked and only the answer suffers, so that asking
 * again finds it done; otherwise nothing happens.
 */
export type Trouble =
  /** Another answer than the real one. */
  | { kind: 'answer'; after: boolean; reply: Reply }
  /** The connection is reset without an answer. */
  | { kind: 'drop'; after: boolean }
  /** No answer ever; the connection stays open until the client or the emulator closes it. */
  | { kind: 'hang'; after: boolean }
  /** The connection is reset while the request's body comes in. */
  | { kind: 'cut-request'; afterBytes: number }
  /** The answer is changed on its way out. */
  | { kind: 'alter'; change: (reply: Reply) => Reply }
  /** The answer's length is announced, then the connection ends early. */
  | { kind: 'cut-reply'; afterBytes: number }
  /** The answer's body pauses until the promise resolves. */
  | { kind: 'stall'; afterBytes: number; until: Promise<void> }
  /** The answer's body comes in pieces, each when the emulator's clock has gone on. */
  | { kind: 'drip'; pieceBytes: number; everyMs: number };

export interface Fault {
  at: Step | 'any';
  /** Of the requests that fit, how many pass first. */
  skip?: number;
  /** How many requests it meets; Infinity for all. */
  times?: number;
  /** Only each so-manieth. */
  every?: number;
  /** Only requests that fit. */
  when?: (request: Received) => boolean;
}

interface Planned extends Required<Omit<Fault, 'when'>> {
  when: ((request: Received) => boolean) | undefined;
  trouble: Trouble;
  seen: number;
  met: number;
}

/** What is going to go wrong, and when. */
export class Faults {
  private planned: Planned[] = [];

  /** `trouble` meets the next request of the step, or those that the rest of `fault` names. */
  add(fault: Step | Fault, trouble: Trouble): void {
    const { at, skip = 0, times = 1, every = 1, when } = typeof fault === 'string' ? ({ at: fault } as Fault) : fault;
    this.planned.push({ at, skip, times, every, when, trouble, seen: 0, met: 0 });
  }

  clear(): void {
    this.planned = [];
  }

  /** The trouble this request meets, the first planned first. */
  for(request: Received): Trouble | undefined {
    return this.planned.find((fault) => meets(fault, request))?.trouble;
  }
}

function meets(fault: Planned, request: Received): boolean {
  if (fault.at !== 'any' && fault.at !== request.step) return false;
  if (fault.when && !fault.when(request)) return false;
  const turn = fault.seen++ - fault.skip;
  if (turn < 0 || turn % fault.every !== fault.every - 1 || fault.met >= fault.times) return false;
  fault.met++;
  return true;
}

const empty = Buffer.alloc(0);

/** Troubles by what a client would call them. */
export const trouble = {
  /** 429; the API documents no `Retry-After`, but may send one. */
  rateLimited: (retryAfterSeconds?: number): Trouble =>
    answer(json(429, { message: 'Too Many Requests' }, retryAfter(retryAfterSeconds))),
  maintenance: (): Trouble =>
    answer(
      json(503, {
        message: 'Cloud rendering is temporarily disabled for maintenance',
        errorCode: 'SERVER_MAINTENANCE',
      }),
    ),
  serverError: (options: { after?: boolean } = {}): Trouble =>
    answer(json(500, { message: 'Internal Server Error', errorCode: 'SERVER_ERROR' }), options.after),
  /** What a proxy says for a service that does not answer. */
  badGateway: (options: { after?: boolean } = {}): Trouble =>
    answer(page(502, '<html><body><h1>502 Bad Gateway</h1></body></html>'), options.after),
  /** Seen live for accounts whose plan ended; not in the API's description. */
  noSubscription: (): Trouble => answer(json(412, { message: 'No valid subscription exists' })),
  unauthorized: (): Trouble => answer(json(401, { message: 'Unauthorized', errorCode: 'UNAUTHORIZED' })),
  insufficientCredits: (): Trouble =>
    answer(json(402, { message: 'Insufficient credits', errorCode: 'INSUFFICIENT_CREDITS' })),
  /** Any status without a body. */
  emptyBody: (status: number, options: { after?: boolean } = {}): Trouble =>
    answer({ status, headers: {}, body: empty }, options.after),
  /** Success with a body that is no JSON. */
  brokenJson: (options: { after?: boolean } = {}): Trouble =>
    answer(
      { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from('{"requestId":"0') },
      options.after ?? true,
    ),
  dropBefore: (): Trouble => ({ kind: 'drop', after: false }),
  dropAfter: (): Trouble => ({ kind: 'drop', after: true }),
  hang: (options: { after?: boolean } = {}): Trouble => ({ kind: 'hang', after: options.after ?? false }),
  cutRequest: (afterBytes: number): Trouble => ({ kind: 'cut-request', afterBytes }),
  cutReply: (afterBytes: number): Trouble => ({ kind: 'cut-reply', afterBytes }),
  stall: (afterBytes: number, until: Promise<void>): Trouble => ({ kind: 'stall', afterBytes, until }),
  drip: (pieceBytes: number, everyMs: number): Trouble => ({ kind: 'drip', pieceBytes, everyMs }),
  /** Changes fields of the JSON: unknown states, further fields, missing ones (`undefined`). */
  fields: (change: Record<string, unknown>): Trouble => ({
    kind: 'alter',
    change: (reply) => ({ ...reply, body: Buffer.from(JSON.stringify({ ...parsed(reply.body), ...change })) }),
  }),
  /** Loses a header of the answer, or changes it. */
  header: (name: string, value?: string): Trouble => ({
    kind: 'alter',
    change: (reply) => {
      const { [name]: _, ...headers } = reply.headers;
      return { ...reply, headers: value === undefined ? headers : { ...headers, [name]: value } };
    },
  }),
  /** What storage says of a link whose time is over. */
  expiredLink: (): Trouble => answer(storageError(403, 'AccessDenied', 'Request has expired')),
  /** A storage error in its own words. */
  storage: (status: number, code: string, options: { after?: boolean } = {}): Trouble =>
    answer(storageError(status, code, code), options.after),
} as const;

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

/** S3 answers in XML. */
export function storageError(status: number, code: string, message: string): Reply {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) };
}

function page(status: number, html: string): Reply {
  return { status, headers: { 'content-type': 'text/html' }, body: Buffer.from(html) };
}

function answer(reply: Reply, after = false): Trouble {
  return { kind: 'answer', after, reply };
}

function retryAfter(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}

function parsed(body: Body): Record<string, unknown> {
  return Buffer.isBuffer(body) && body.length > 0 ? (JSON.parse(body.toString()) as Record<string, unknown>) : {};
}
