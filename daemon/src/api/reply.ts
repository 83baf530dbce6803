import { randomUUID } from 'node:crypto';
import { AppError, type CallName, calls, toWire, type WireError } from '@uprez/shared';
import type { z } from 'zod';
import type { Logger } from '../log.ts';
import type { Handlers } from './handlers.ts';

export type Answer = { ok: true; result: unknown } | { ok: false; error: WireError; status: number };

/** One call, whichever way it came: parse → handle → respond. Never rejects. */
export async function answer(
  handlers: Handlers,
  call: { name: CallName; params: unknown },
  log: Logger,
): Promise<Answer> {
  try {
    const schema: z.ZodType = calls[call.name].params;
    const params = parse(schema, call.params ?? {});
    // Parsed with this very call's schema, so the handler gets what its type says.
    const handle = handlers[call.name] as (params: unknown) => unknown;
    return { ok: true, result: (await handle(params)) ?? {} };
  } catch (error) {
    return refusal(error, log);
  }
}

/** Unknown errors may hold paths and secrets: they go to the log, and the client gets the id to find them by. */
export function refusal(error: unknown, log: Logger): Answer & { ok: false } {
  if (error instanceof AppError) return { ok: false, error: toWire(error), status: error.status };
  const id = randomUUID();
  log.error({ id, err: error }, 'unknown error');
  const unknown = new AppError('daemon.internal', { id }, { cause: error });
  return { ok: false, error: toWire(unknown), status: unknown.status };
}

/** Throws `request.invalid`, which names the first thing that is wrong. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.join('.');
  throw new AppError('request.invalid', { why: [where, issue?.message].filter(Boolean).join(': ') });
}
