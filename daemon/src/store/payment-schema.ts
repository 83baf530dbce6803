/**
 * Money: what the user has agreed to for each job, and every request that was accepted for one. Payments outlive their
 * jobs, because the day's ceiling counts them, and because a request that still runs costs credits whether its job is
 * on the list or not.
 */
export const paymentSchema = `
ALTER TABLE jobs ADD COLUMN approved_credits REAL CHECK (approved_credits >= 0);

CREATE TABLE payments (
  request TEXT PRIMARY KEY,
  backend TEXT NOT NULL,
  job_id TEXT NOT NULL,
  -- Credits set aside when the request was accepted.
  price REAL NOT NULL CHECK (price >= 0),
  -- What it cost in the end; NULL while that is open.
  charged REAL CHECK (charged >= 0),
  reserved_at INTEGER NOT NULL,
  settled_at INTEGER
) STRICT;
CREATE INDEX payments_of_job ON payments (job_id);
CREATE INDEX payments_by_time ON payments (reserved_at);
`;
