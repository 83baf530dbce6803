import { AppError } from '@uprez/shared';

type Kind = 'offline' | 'refused' | 'other-bytes';

interface RefusalOptions {
  kind?: Kind;
  /** May the same request succeed in a moment? */
  passing?: boolean;
  /** What is there of the file can't be continued. */
  startOver?: boolean;
  /** How long the server wants to be left alone. */
  waitMs?: number | undefined;
  cause?: unknown;
}

/** Why a request brought nothing, or not all. Becomes an AppError when nothing more is tried. */
export class Refusal extends Error {
  readonly passing: boolean;
  readonly startOver: boolean;
  readonly waitMs: number | undefined;
  private readonly kind: Kind;
  private facts: Readonly<Record<string, string>>;

  constructor(why: string, options: RefusalOptions = {}) {
    super(why, { cause: options.cause });
    this.kind = options.kind ?? 'refused';
    this.passing = options.passing ?? false;
    this.startOver = options.startOver ?? false;
    this.waitMs = options.waitMs;
    this.facts = { why };
  }

  /** The server has another file than the one that is listed. */
  static otherBytes(what: string, found: string, expected: string): Refusal {
    const refusal = new Refusal(`its ${what} is ${found}`, { kind: 'other-bytes', startOver: true });
    refusal.facts = { what, found, expected };
    return refusal;
  }

  as(host: string): AppError {
    return new AppError(`model.${this.kind}`, { host, ...this.facts }, { cause: this });
  }
}
