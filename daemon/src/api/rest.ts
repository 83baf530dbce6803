import { existsSync } from 'node:fs';
import { AppError, type CallName, callNames, calls, Hello, PROTOCOL, Proof } from '@uprez/shared';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { Clock } from '../clock.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Uploads } from '../jobs/uploads.ts';
import type { Logger } from '../log.ts';
import type { Dashboard } from './dashboard.ts';
import { judge } from './guard.ts';
import { downloadRoute, uploadRoute } from './file-routes.ts';
import type { Handlers } from './handlers.ts';
import { answer, parse, refusal } from './reply.ts';
import type { Sessions } from './sessions.ts';
import { checkProtocol } from './socket.ts';

const MAX_BODY_BYTES = 2 ** 20;
/** Programs on this computer need no longer to send a request; who does only holds a place. */
const SEND_LIMIT_MS = 30_000;

export interface RestParts {
  handlers: Handlers;
  uploads: Uploads;
  queue: JobQueue;
  clock: Clock;
  sessions: Sessions;
  dashboard: Dashboard;
  /** Built dashboard; may be missing. */
  dashboardFolder: string;
  log: Logger;
  port: number;
}

/** The same calls as over the socket, by method and path, plus the ways in. */
export function createRest(parts: RestParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(guard(parts.port), headers);
  const allowed = authorize(parts);
  app.post('/uploads', allowed, uploadRoute(parts));
  app.use(hurry(parts.clock));
  app.get('/health', (_, response) => void response.json({ product: 'uprez', protocol: PROTOCOL }));
  const body = express.json({ limit: MAX_BODY_BYTES });
  addSessionRoutes(app, body, parts);
  app.get('/open/:link', openDashboard(parts.dashboard));
  app.get('/jobs/:id/result', cookieOr(allowed, parts.dashboard), downloadRoute(parts));
  for (const name of callNames) addRoute(app, name, { ...parts, before: [allowed, body] });
  if (existsSync(parts.dashboardFolder)) app.use(cookieOnly(parts.dashboard), express.static(parts.dashboardFolder));
  app.use((request: Request) => {
    throw new AppError('request.invalid', { why: `there is no ${request.method} ${request.path}` });
  });
  app.use(failure(parts.log));
  return app;
}

/** Ends requests that are not sent to their end in time. */
function hurry(clock: Clock): RequestHandler {
  return (request, _, next) => {
    const cancel = clock.after(SEND_LIMIT_MS, () => request.complete || request.destroy());
    request.once('close', cancel);
    next();
  };
}

function guard(port: number): RequestHandler {
  return (request, _, next) => {
    const { host, origin } = request.headers;
    const verdict = judge({ host, origin, fetchSite: fetchSite(request) }, port);
    if (verdict === 'refused') throw new AppError('daemon.forbidden');
    next();
  };
}

/** Pages of other sites can neither frame the dashboard nor read or load anything of it. */
const headers: RequestHandler = (_, response, next) => {
  response.set({
    'Cache-Control': 'no-store',
    'Content-Security-Policy':
      "default-src 'self'; connect-src 'self' ws://127.0.0.1:* ws://localhost:*; img-src 'self' data: blob:; " +
      "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  });
  next();
};

function addSessionRoutes(app: Express, body: RequestHandler, { sessions, port }: RestParts): void {
  app.post('/session', body, (request, response) => {
    const value = { ...object(request.body), type: 'hello' };
    checkProtocol(value);
    response.json(sessions.open(parse(Hello, value), port));
  });
  app.post('/session/:id/proof', body, (request, response) => {
    const { proof } = parse(Proof, { ...object(request.body), type: 'proof' });
    response.json(sessions.prove(String(request.params['id']), proof));
  });
}

function openDashboard(dashboard: Dashboard): RequestHandler {
  return (request, response) => {
    const cookie = dashboard.redeem(String(request.params['link']));
    if (cookie === undefined) throw new AppError('daemon.unauthorized');
    response.set('Set-Cookie', cookie).redirect(303, '/');
  };
}

/** A program shows its token. The dashboard shows its cookie, from its own page and with a header no form can send. */
function authorize({ sessions, dashboard, port }: RestParts): RequestHandler {
  return (request, _, next) => {
    const { host, origin, authorization, cookie } = request.headers;
    const ownPage = judge({ host, origin }, port) === 'own' || fetchSite(request) === 'same-origin';
    const byCookie = ownPage && request.headers['x-uprez'] === '1' && dashboard.admits(cookie);
    if (!byCookie && !sessions.admits(authorization)) throw new AppError('daemon.unauthorized');
    next();
  };
}

/** For links on the dashboard's page, which can't send a header of their own; all they do is read. */
function cookieOr(allowed: RequestHandler, dashboard: Dashboard): RequestHandler {
  return (request, response, next) =>
    fetchSite(request) === 'same-origin' && dashboard.admits(request.headers.cookie)
      ? next()
      : void allowed(request, response, next);
}

function cookieOnly(dashboard: Dashboard): RequestHandler {
  return (request, _, next) => {
    if (!dashboard.admits(request.headers.cookie)) throw new AppError('daemon.unauthorized');
    next();
  };
}

type RouteParts = Pick<RestParts, 'handlers' | 'log'> & { before: RequestHandler[] };

function addRoute(app: Express, name: CallName, { handlers, log, before }: RouteParts): void {
  const { method, path } = calls[name];
  const respond = async (request: Request, response: Response): Promise<void> => {
    const given = method === 'GET' || method === 'DELETE' ? request.query : request.body;
    const result = await answer(handlers, { name, params: { ...object(given), ...request.params } }, log);
    if (result.ok) response.json(result.result);
    else response.status(result.status).json({ error: result.error });
  };
  const verb = method.toLowerCase() as 'get' | 'post' | 'patch' | 'delete';
  app[verb](path, ...before, respond);
}

function failure(log: Logger): ErrorRequestHandler {
  // oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters.
  return (error: unknown, _request, response, _next) => {
    const { status, error: wire } = refusal(isBadBody(error) ? badBody(error) : error, log);
    response.status(status).json({ error: wire });
  };
}

/** What the body parser throws has a status of the client's own fault. */
function isBadBody(error: unknown): error is Error & { status: number } {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500;
}

function badBody(cause: Error): AppError {
  return cause instanceof AppError ? cause : new AppError('request.invalid', { why: 'unreadable body' }, { cause });
}

function object(value: unknown): Record<string, unknown> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AppError('request.invalid', { why: 'an object is expected' });
  return value as Record<string, unknown>;
}

function fetchSite(request: Request): string | undefined {
  return request.get('sec-fetch-site');
}
