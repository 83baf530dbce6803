import type { IncomingMessage } from 'node:http';
import { Account } from './account.ts';
import { json, type Reply } from './faults.ts';
import { readOrder, readUploadResults } from './fields.ts';
import type { Host } from './http.ts';
import type { Received, Step } from './journal.ts';
import { settle } from './settle.ts';
import type { VideoRequest } from './video-request.ts';
import { cancelEstimateOf, metricsOf, recordOf, statusOf } from './views.ts';
import { refused, Refusal, type SettledOrder } from './wire.ts';

/** JSON bodies above this are answered with 413 before anybody reads them. */
const BODY_LIMIT = 3000;
const HISTORY_PAGE = 50;

/** Whoever asks without a key. */
const noAccount = new Account(0);

/** What the API needs of the service. */
export interface Desk {
  /** Undefined for a key nobody has. */
  accountOf(key: string): Account | undefined;
  supportedModels(): readonly string[];
  /** Why nothing is rendered at the moment; undefined where everything is well. */
  maintenance(): string | undefined;
  open(order: SettledOrder, account: Account): VideoRequest;
  find(id: string): VideoRequest | undefined;
  /** Oldest first. */
  all(): readonly VideoRequest[];
  trailingSlash: 'both' | 'with' | 'without';
}

interface Call {
  desk: Desk;
  account: Account;
  /** Parsed JSON body. */
  body: unknown;
  query: URLSearchParams;
}

interface Route {
  step: Step;
  method: string;
  path: RegExp;
  handle: (call: Call) => Reply | Promise<Reply>;
}

/** A route about one request; its id is the first group of the path. */
interface RequestRoute extends Omit<Route, 'handle'> {
  handle: (request: VideoRequest, call: Call) => Reply | Promise<Reply>;
}

const ID = '([^/]+)';

/** GET /video/status needs no key. */
const open: Route[] = [{ step: 'models', method: 'GET', path: /^\/video\/status$/, handle: models }];

const keyed: Route[] = [
  { step: 'create', method: 'POST', path: /^\/video\/?$/, handle: create },
  { step: 'history', method: 'GET', path: /^\/video\/history$/, handle: history },
  { step: 'balance', method: 'GET', path: /^\/account\/v1\/credits\/balance$/, handle: balance },
];

const perRequest: RequestRoute[] = [
  { step: 'accept', method: 'PATCH', path: at('/accept'), handle: accept },
  { step: 'complete-upload', method: 'PATCH', path: at('/complete-upload/?'), handle: completeUpload },
  { step: 'status', method: 'GET', path: at('/status'), handle: status },
  { step: 'record', method: 'GET', path: at(''), handle: (request) => json(200, recordOf(request)) },
  { step: 'cancel-estimate', method: 'GET', path: at('/cancel-estimate'), handle: cancelEstimate },
  { step: 'cancel', method: 'DELETE', path: at(''), handle: cancel },
  { step: 'delete-media', method: 'DELETE', path: at('/media'), handle: deleteMedia },
  { step: 'metrics', method: 'GET', path: at('/metrics'), handle: (request) => json(200, metricsOf(request)) },
];

/** The Video API and the one route of the Account API that the flow needs. */
export function createApi(desk: Desk): Host {
  return {
    recognise: (request) => {
      const { pathname } = urlOf(request);
      const route = [...open, ...keyed, ...perRequest].find(fitting(request.method, pathname));
      const id = perRequest.find(fitting(request.method, pathname))?.path.exec(pathname)?.[1] ?? null;
      return { host: 'api', step: route?.step ?? 'unknown', id, part: null };
    },
    async answer(request, received) {
      try {
        return await answer(desk, request, received);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const { status: code, message, errorCode, errors } = error;
        return json(code, { message, errorCode, ...(errors && { errors }) });
      }
    },
  };
}

async function answer(desk: Desk, request: IncomingMessage, received: Received): Promise<Reply> {
  const bytes = await readBody(request);
  received.body = bytes.toString();
  received.bodyBytes = bytes.length;
  if (bytes.length > BODY_LIMIT) return { status: 413, headers: {}, body: Buffer.alloc(0) };
  const url = urlOf(request);
  const fits = fitting(request.method, url.pathname);
  const call = { desk, query: url.searchParams };
  const openRoute = open.find(fits);
  if (openRoute) return openRoute.handle({ ...call, account: noAccount, body: undefined });
  const account = desk.accountOf(String(request.headers['x-api-key'] ?? ''));
  if (!account) throw refused.unauthorized();
  const full: Call = { ...call, account, body: bodyOf(request, bytes) };
  const route = keyed.find(fits);
  if (route) return route.handle(full);
  const about = perRequest.find(fits);
  if (!about || !slashFits(desk, about, url.pathname)) throw refused.notFound();
  return about.handle(await ownRequest(full, received.id), full);
}

async function ownRequest({ desk, account }: Call, id: string | null): Promise<VideoRequest> {
  const found = desk.find(id ?? '');
  if (!found) throw refused.notFound();
  if (found.account !== account) throw refused.forbidden();
  await found.catchUp();
  return found;
}

function models({ desk }: Call): Reply {
  const maintenance = desk.maintenance();
  return json(200, {
    isAvailable: maintenance === undefined,
    availabilityMessage: maintenance ?? 'System is available',
    supportedModels: desk.supportedModels(),
    isFrameInterpolationSupported: true,
  });
}

function create({ desk, account, body }: Call): Reply {
  expectService(desk);
  const request = desk.open(settle(readOrder(body), desk.supportedModels()), account);
  return json(200, { requestId: request.id, estimates: request.quote });
}

function accept(request: VideoRequest, { desk }: Call): Reply {
  expectService(desk);
  const upload = request.accept();
  return json(202, { uploadId: upload.uploadId, urls: upload.urls() });
}

function completeUpload(request: VideoRequest, { body }: Call): Reply {
  request.completeUpload(readUploadResults(body));
  return json(202, { message: 'Processing has been queued' });
}

async function status(request: VideoRequest): Promise<Reply> {
  const reply = json(200, statusOf(request));
  await request.told();
  return reply;
}

function cancelEstimate(request: VideoRequest): Reply {
  if (request.status === 'complete' || request.status === 'failed')
    throw refused.invalid(`Request is ${request.status} and can not be canceled`);
  return json(200, cancelEstimateOf(request));
}

function cancel(request: VideoRequest): Reply {
  const charged = request.cancelCost > 0;
  if (!request.cancel()) return { status: 204, headers: {}, body: Buffer.alloc(0) };
  const refund = charged ? 'Partial credits have been refunded.' : 'Credits have been refunded.';
  return json(200, { message: `Cancellation in progress. ${refund}` });
}

function deleteMedia(request: VideoRequest): Reply {
  request.deleteMedia();
  return { status: 204, headers: {}, body: Buffer.alloc(0) };
}

/** Newest first, without those that were never accepted. */
async function history({ desk, account, query }: Call): Promise<Reply> {
  const cursor = query.get('cursor');
  const place = cursor === null ? '0' : Buffer.from(cursor, 'base64url').toString();
  if (!/^\d+$/.test(place)) throw refused.invalid('Invalid cursor');
  const from = Number(place);
  const own = desk.all().filter((request) => request.account === account && request.status !== 'requested');
  for (const request of own) await request.catchUp();
  const page = own.toReversed().slice(from, from + HISTORY_PAGE);
  const next = from + HISTORY_PAGE;
  return json(200, {
    result: page.map(recordOf),
    nextCursor: next < own.length ? Buffer.from(String(next)).toString('base64url') : null,
  });
}

function balance({ account }: Call): Reply {
  const { available, reserved } = account;
  return json(200, {
    available_credits: available,
    reserved_credits: reserved,
    total_credits: available + reserved,
  });
}

function expectService(desk: Desk): void {
  const maintenance = desk.maintenance();
  if (maintenance !== undefined) throw refused.maintenance(maintenance);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Bodies that are not declared as JSON are not read as such: all fields are missing then. */
function bodyOf(request: IncomingMessage, bytes: Buffer): unknown {
  if (bytes.length === 0 || !request.headers['content-type']?.includes('application/json')) return {};
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw refused.invalid('The body is not valid JSON');
  }
}

function slashFits({ trailingSlash }: Desk, { step }: RequestRoute, pathname: string): boolean {
  if (step !== 'complete-upload' || trailingSlash === 'both') return true;
  return pathname.endsWith('/') === (trailingSlash === 'with');
}

function fitting(method: string | undefined, pathname: string): (route: { method: string; path: RegExp }) => boolean {
  return (route) => route.method === method && route.path.test(pathname);
}

function at(rest: string): RegExp {
  return new RegExp(`^/video/${ID}${rest}$`);
}

function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? '/', 'http://api');
}
