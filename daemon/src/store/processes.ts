import type { Database } from 'better-sqlite3';

/** A process that was started for a job. `started` tells it from a later one with the same number. */
export interface ProcessRecord {
  jobId: string;
  pid: number;
  started: string;
}

const sql = {
  record: 'INSERT OR REPLACE INTO processes (pid, job_id, started) VALUES (@pid, @jobId, @started)',
  forget: 'DELETE FROM processes WHERE pid = ?',
  all: 'SELECT pid, job_id AS jobId, started FROM processes ORDER BY pid',
} as const;

/** Engine processes that run now, or ran when the daemon died. */
export function openProcesses(db: Database) {
  const record = db.prepare(sql.record);
  const forget = db.prepare(sql.forget);
  const all = db.prepare<[], ProcessRecord>(sql.all);

  return {
    record: (process: ProcessRecord): void => void record.run(process),
    forget: (pid: number): void => void forget.run(pid),
    all: (): ProcessRecord[] => all.all(),
  };
}

export type ProcessTable = ReturnType<typeof openProcesses>;
