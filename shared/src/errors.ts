import { z } from 'zod';
import { cloudErrors } from './errors/cloud.ts';
import { daemonErrors } from './errors/daemon.ts';
import { desktopErrors } from './errors/desktop.ts';
import { hostErrors } from './errors/host.ts';
import { inputErrors } from './errors/input.ts';
import { jobErrors } from './errors/job.ts';
import { localErrors } from './errors/local.ts';
import { lookErrors } from './errors/look.ts';
import { modelErrors } from './errors/model.ts';
import { requestErrors } from './errors/request.ts';
import { setupErrors } from './errors/setup.ts';
import { type ErrorData, type ErrorRow } from './errors/row.ts';

export type { ErrorData };

/** Every error a user can meet, by groups. Adding one: a row in its group's file and the throw. */
export const errorTable = {
  ...inputErrors,
  ...requestErrors,
  ...modelErrors,
  ...lookErrors,
  ...setupErrors,
  ...localErrors,
  ...cloudErrors,
  ...desktopErrors,
  ...jobErrors,
  ...daemonErrors,
  ...hostErrors,
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

const codes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

/** The only error class that crosses a boundary: a code from the table, its facts, and the cause. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, data: ErrorData = {}, options?: { cause?: unknown }) {
    super(errorTable[code].say(data), options);
    this.name = 'AppError';
    this.code = code;
    this.data = data;
  }

  /** What the user can do about it. */
  get next(): string {
    return errorTable[this.code].next(this.data);
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }

  get status(): number {
    return errorTable[this.code].status;
  }
}

/** An error as every client receives it. */
export const WireError = z.object({
  code: z.enum(codes),
  message: z.string(),
  next: z.string(),
  retryable: z.boolean(),
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type WireError = z.infer<typeof WireError>;

/** Unknown errors become `daemon.internal`: their text may hold paths or secrets and stays in the log. */
export function toWire(error: unknown): WireError {
  const known = error instanceof AppError ? error : new AppError('daemon.internal', {}, { cause: error });
  return {
    code: known.code,
    message: known.message,
    next: known.next,
    retryable: known.retryable,
    data: { ...known.data },
  };
}

export function fromWire(wire: WireError): AppError {
  return new AppError(wire.code, wire.data);
}
