import { type Step, StepName, type StepStatistics } from '@uprez/shared';
import type { Database } from 'better-sqlite3';

interface Row extends Omit<Step, 'statistics'> {
  jobId: string;
  count: number | null;
  minMs: number | null;
  maxMs: number | null;
  meanMs: number | null;
  deviationMs: number | null;
}

/** What changes about a step; what is left out stays. */
export interface StepUpdate {
  status: Step['status'];
  progress?: number | undefined;
  statistics?: StepStatistics | undefined;
  attempt: number;
  at: number;
}

const columns = `job_id AS jobId, name, status, progress, started_at AS startedAt, ended_at AS endedAt, retries,
  sample_count AS count, min_ms AS minMs, max_ms AS maxMs, mean_ms AS meanMs, deviation_ms AS deviationMs`;

const sql = {
  insert: 'INSERT INTO steps (job_id, name, position) VALUES (?, ?, ?)',
  // A step that starts in a later attempt than before is a retry of it.
  update: `UPDATE steps SET status = @status,
      progress = coalesce(@progress, CASE @status WHEN 'done' THEN 100 ELSE progress END),
      started_at = CASE WHEN attempt = @attempt THEN coalesce(started_at, @at) ELSE @at END,
      ended_at = CASE WHEN @status IN ('done', 'failed') THEN max(@at, coalesce(started_at, @at)) END,
      retries = retries + (attempt > 0 AND attempt <> @attempt),
      attempt = @attempt,
      sample_count = coalesce(@count, sample_count), min_ms = coalesce(@minMs, min_ms),
      max_ms = coalesce(@maxMs, max_ms), mean_ms = coalesce(@meanMs, mean_ms),
      deviation_ms = coalesce(@deviationMs, deviation_ms)
    WHERE job_id = @jobId AND name = @name`,
  stop: `UPDATE steps SET status = @status, ended_at = max(@at, started_at) WHERE job_id = @jobId AND status = 'running'`,
  reset: `UPDATE steps SET status = 'pending', progress = 0, started_at = NULL, ended_at = NULL WHERE job_id = ?`,
  running: `SELECT name FROM steps WHERE job_id = ? AND status = 'running' ORDER BY position DESC LIMIT 1`,
  of: `SELECT ${columns} FROM steps WHERE job_id = ? ORDER BY position`,
  all: `SELECT ${columns} FROM steps ORDER BY job_id, position`,
} as const;

/** The recorded steps of jobs. */
export function openSteps(db: Database) {
  const insert = db.prepare(sql.insert);
  const update = db.prepare(sql.update);
  const stop = db.prepare(sql.stop);
  const reset = db.prepare(sql.reset);
  const running = db.prepare<[string], StepName>(sql.running).pluck();
  const of = db.prepare<[string], Row>(sql.of);
  const all = db.prepare<[], Row>(sql.all);

  return {
    insert(jobId: string): void {
      StepName.options.forEach((name, position) => insert.run(jobId, name, position));
    },
    update(jobId: string, name: StepName, change: StepUpdate): void {
      const { statistics = noStatistics, progress = null, ...rest } = change;
      update.run({ ...rest, ...statistics, progress, jobId, name });
    },
    /** Running steps end with the run: failed with a failed job, pending again with an interrupted one. */
    stop: (jobId: string, status: 'failed' | 'pending', at: number): void =>
      void stop.run({ jobId, status, at: status === 'failed' ? at : null }),
    reset: (jobId: string): void => void reset.run(jobId),
    running: (jobId: string): StepName | undefined => running.get(jobId),
    of: (jobId: string): Step[] => of.all(jobId).map(stepOf),
    byJob(): Map<string, Step[]> {
      const jobs = new Map<string, Step[]>();
      for (const row of all.all()) jobs.set(row.jobId, [...(jobs.get(row.jobId) ?? []), stepOf(row)]);
      return jobs;
    },
  };
}

const noStatistics = { count: null, minMs: null, maxMs: null, meanMs: null, deviationMs: null };

function stepOf(row: Row): Step {
  const { name, status, progress, startedAt, endedAt, retries, count, minMs, maxMs, meanMs, deviationMs } = row;
  const known = count !== null && minMs !== null && maxMs !== null && meanMs !== null && deviationMs !== null;
  const statistics = known ? { count, minMs, maxMs, meanMs, deviationMs } : null;
  return { name, status, progress, startedAt, endedAt, retries, statistics };
}
