import type { Database } from 'better-sqlite3';

export interface Payment {
  request: string;
  backend: string;
  jobId: string;
  /** Credits set aside. */
  price: number;
}

const sql = {
  add: `INSERT INTO payments (request, backend, job_id, price, reserved_at) VALUES (@request, @backend, @jobId, @price, @at)
    ON CONFLICT (request) DO NOTHING`,
  remove: 'DELETE FROM payments WHERE request = ?',
  settle: 'UPDATE payments SET charged = @charged, settled_at = @at WHERE request = @request',
  known: 'SELECT 1 FROM payments WHERE request = ?',
  ofJob: 'SELECT coalesce(sum(coalesce(charged, price)), 0) FROM payments WHERE job_id = ?',
  since: 'SELECT coalesce(sum(coalesce(charged, price)), 0) FROM payments WHERE reserved_at >= ?',
  // A failed job may be retried and then goes on with its request; one that has ended otherwise never will.
  abandoned: `SELECT payments.request, payments.backend, payments.job_id AS jobId, payments.price FROM payments LEFT JOIN jobs ON jobs.id = payments.job_id
    WHERE payments.charged IS NULL AND payments.backend = ? AND (jobs.id IS NULL OR jobs.state IN ('succeeded', 'cancelled'))
    ORDER BY reserved_at`,
} as const;

/** Requests that were accepted, and what they cost. */
export function openPayments(db: Database) {
  const add = db.prepare(sql.add);
  const remove = db.prepare(sql.remove);
  const settle = db.prepare(sql.settle);
  const number = (text: string) => db.prepare<[string | number], number>(text).pluck();
  const known = number(sql.known);
  const ofJob = number(sql.ofJob);
  const since = number(sql.since);
  const abandoned = db.prepare<[string], Payment>(sql.abandoned);

  return {
    add: (payment: Payment, at: number): void => void add.run({ ...payment, at }),
    /** For requests that were not accepted after all. */
    remove: (request: string): void => void remove.run(request),
    settle: (request: string, charged: number, at: number): void => void settle.run({ request, charged, at }),
    isKnown: (request: string): boolean => known.get(request) !== undefined,
    /** Credits that were charged or are set aside, for one job or since some time. */
    ofJob: (jobId: string): number => ofJob.get(jobId) ?? 0,
    since: (time: number): number => since.get(time) ?? 0,
    /** Open payments whose jobs will never come back to them. */
    abandoned: (backend: string): Payment[] => abandoned.all(backend),
  };
}
