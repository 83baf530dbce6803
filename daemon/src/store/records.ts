import type { ErrorStatistics, JobErrorRecord, WireError } from '@uprez/shared';
import type { Database } from 'better-sqlite3';

interface ErrorRow {
  at: number;
  attempt: number;
  step: string | null;
  frame: number | null;
  code: WireError['code'];
  message: string;
  next: string;
  retryable: number;
  data: string;
}

const sql = {
  addError: `INSERT INTO job_errors (job_id, at, attempt, code, message, suggested_action, recoverable, retry_after_seconds, step, frame, facts)
    VALUES (@jobId, @at, @attempt, @code, @message, @next, @retryable, @retryAfter, @step, @frame, @data)`,
  errors: `SELECT at, attempt, step, frame, code, message, suggested_action AS next, recoverable AS retryable, facts AS data
    FROM job_errors WHERE job_id = ? ORDER BY id`,
  statistics: `SELECT code, errors AS count, jobs, last_at AS lastAt, recoverable AS retryable FROM error_statistics_30_days`,
  worker: `INSERT INTO worker_statistics (job_id, process, peak_memory_bytes, accelerator, updated_at)
    VALUES (@jobId, @process, @peakBytes, @accelerator, @at)
    ON CONFLICT (job_id, process) DO UPDATE SET peak_memory_bytes = max(peak_memory_bytes, excluded.peak_memory_bytes),
      accelerator = coalesce(excluded.accelerator, accelerator), updated_at = excluded.updated_at`,
  accelerators: `SELECT process, accelerator FROM worker_statistics
    WHERE job_id = ? AND accelerator IS NOT NULL ORDER BY process`,
  peaks: 'SELECT process, peak_memory_bytes AS peakBytes FROM worker_statistics WHERE job_id = ? ORDER BY process',
} as const;

/** What is written down about jobs for people: errors and worker statistics. */
export function openRecords(db: Database) {
  const addError = db.prepare(sql.addError);
  const errors = db.prepare<[string], ErrorRow>(sql.errors);
  const statistics = db.prepare<[], ErrorStatisticsRow>(sql.statistics);
  const worker = db.prepare(sql.worker);
  const accelerators = db.prepare<[string], { process: string; accelerator: string }>(sql.accelerators);
  const peaks = db.prepare<[string], { process: string; peakBytes: number }>(sql.peaks);

  return {
    addError(jobId: string, { error, ...context }: JobErrorRecord): void {
      const { data } = error;
      const retryAfter = typeof data['retryAfterSeconds'] === 'number' ? data['retryAfterSeconds'] : null;
      const row = { ...error, ...context, retryable: error.retryable ? 1 : 0, data: JSON.stringify(data) };
      addError.run({ ...row, jobId, retryAfter });
    },
    errors: (jobId: string): JobErrorRecord[] => errors.all(jobId).map(errorOf),
    statistics: (): ErrorStatistics => statistics.all().map((row) => ({ ...row, retryable: row.retryable === 1 })),
    /** Keeps the largest figure of each process, and what it computed with last. */
    worker: (jobId: string, use: WorkerUse): void => void worker.run({ accelerator: null, ...use, jobId }),
    accelerators: (jobId: string): Record<string, string> =>
      Object.fromEntries(accelerators.all(jobId).map((row) => [row.process, row.accelerator])),
    peaks: (jobId: string): Record<string, number> =>
      Object.fromEntries(peaks.all(jobId).map((row) => [row.process, row.peakBytes])),
  };
}

export interface WorkerUse {
  process: string;
  peakBytes: number;
  accelerator?: string;
  at: number;
}

interface ErrorStatisticsRow {
  code: string;
  count: number;
  jobs: number;
  lastAt: number;
  retryable: number;
}

function errorOf({ at, attempt, step, frame, retryable, data, ...error }: ErrorRow): JobErrorRecord {
  const facts = JSON.parse(data) as WireError['data'];
  return { at, attempt, step, frame, error: { ...error, retryable: retryable === 1, data: facts } };
}
