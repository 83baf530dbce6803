import { AppError, type ErrorCode } from '@uprez/shared';

/** How the service is called in sentences. */
export const SERVICE = 'Topaz';

const MOST_QUOTED = 200;

/** What the service's own texts and codes come down to; an empty or unreadable body says nothing. */
interface Complaint {
  code: string;
  text: string;
}

/** By the status of the answer; what is not listed and below 500 is no answer of this service. */
const byStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'cloud.refused',
  401: 'cloud.key-refused',
  402: 'cloud.credits',
  403: 'cloud.forbidden',
  404: 'cloud.request-lost',
  412: 'cloud.subscription',
  413: 'cloud.refused',
  429: 'cloud.busy',
  503: 'cloud.maintenance',
};

/** What the status says where the body says nothing. */
const silent: Readonly<Record<number, string>> = { 400: 'it did not say why', 413: 'it is too long' };

/** The error of an answer that is none of success; the body may be JSON, HTML or empty. */
export function refusal(status: number, body: string): AppError {
  const { code, text } = complaintOf(body);
  const why = text || (silent[status] ?? `HTTP ${status}`);
  if (code === 'INSUFFICIENT_CREDITS') return cloud('cloud.credits');
  if (code === 'SERVER_MAINTENANCE') return cloud('cloud.maintenance', { why });
  return cloud(byStatus[status] ?? (status >= 500 ? 'cloud.unavailable' : 'cloud.bad-answer'), { why });
}

const failures: Readonly<Record<string, ErrorCode>> = {
  INSUFFICIENT_CREDITS: 'cloud.credits',
  CREDIT_DIFFERENCE: 'cloud.quote-changed',
  INVALID_INPUT: 'cloud.refused',
  FORBIDDEN: 'cloud.forbidden',
  UNAUTHORIZED: 'cloud.key-refused',
  TIMEOUT_UPLOAD_SOURCE: 'cloud.upload-late',
  TIMEOUT_QUEUE: 'cloud.queue-late',
  TIMEOUT_PROCESSING: 'cloud.processing-late',
  PROCESSING_FAILURE: 'cloud.processing-failed',
  HARDWARE_FAILURE: 'cloud.processing-failed',
  SERVER_MAINTENANCE: 'cloud.maintenance',
  SERVER_ERROR: 'cloud.unavailable',
};

/** The error of a request that failed after it was accepted. The set of codes is open. */
export function failure(errorCode: string | undefined, message: string | undefined): AppError {
  const why = quoted(message) || quoted(errorCode) || 'it did not say why';
  return cloud(failures[errorCode ?? ''] ?? 'cloud.processing-failed', { why });
}

export function cloud(code: ErrorCode, data: Record<string, string | number> = {}, cause?: unknown): AppError {
  return new AppError(code, { service: SERVICE, ...data }, cause === undefined ? {} : { cause });
}

/** Temporary by their nature: asking again later may help, and asking again now is no use. */
const passing: readonly ErrorCode[] = [
  'cloud.busy',
  'cloud.maintenance',
  'cloud.unavailable',
  'cloud.unreachable',
  'cloud.bad-answer',
];

export function isPassing(error: unknown): error is AppError {
  return isRefused(error, ...passing);
}

/** Is it one of these? */
export function isRefused(error: unknown, ...codes: readonly ErrorCode[]): error is AppError {
  return error instanceof AppError && codes.includes(error.code);
}

/** Bodies had several shapes over time: `message`, `error` or `detail`, and a list of fields since the current one. */
function complaintOf(body: string): Complaint {
  const fields = record(parsed(body));
  const [first] = Array.isArray(fields['errors']) ? (fields['errors'] as unknown[]) : [];
  const { path, msg } = record(first);
  const named = typeof path === 'string' && typeof msg === 'string' ? `${path}: ${msg}` : undefined;
  const text = [named, fields['message'], fields['error'], fields['detail']].map(quoted).find((part) => part !== '');
  const code = fields['errorCode'];
  return { code: typeof code === 'string' ? code : '', text: text ?? '' };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** One line of somebody else's text, without its full stop, to stand inside a sentence of ours. */
function quoted(value: unknown): string {
  if (typeof value !== 'string') return '';
  return value.replaceAll(/\s+/g, ' ').trim().slice(0, MOST_QUOTED).replace(/\.$/, '');
}
