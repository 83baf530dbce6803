import { AppError, type Health } from '@uprez/shared';

export type Check = Health['checks'][number];

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail, next: null };
}

/** It works, but somebody should look at it. */
export function warn(name: string, detail: string, next: string): Check {
  return { name, status: 'warning', detail, next };
}

export function wrong(name: string, error: unknown): Check {
  const known = error instanceof AppError ? error : new AppError('daemon.internal', {}, { cause: error });
  return { name, status: 'error', detail: known.message, next: known.next };
}
