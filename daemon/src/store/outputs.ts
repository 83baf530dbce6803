import type { OutputFile } from '@uprez/shared';
import type { Database } from 'better-sqlite3';

interface Row extends Omit<OutputFile, 'checks'> {
  jobId: string;
  checks: string;
}

const columns = 'job_id AS jobId, path, width, height, frames, size_bytes AS sizeBytes, checks';

const sql = {
  clear: 'DELETE FROM outputs WHERE job_id = ?',
  insert: `INSERT INTO outputs (job_id, path, width, height, frames, size_bytes, checks, created_at)
    VALUES (@jobId, @path, @width, @height, @frames, @sizeBytes, @checks, @createdAt)`,
  of: `SELECT ${columns} FROM outputs WHERE job_id = ?`,
  all: `SELECT ${columns} FROM outputs`,
} as const;

/** Finished files; at most one for each job. */
export function openOutputs(db: Database) {
  const clear = db.prepare(sql.clear);
  const insert = db.prepare(sql.insert);
  const of = db.prepare<[string], Row>(sql.of);
  const all = db.prepare<[], Row>(sql.all);

  return {
    replace(jobId: string, output: OutputFile | null, createdAt: number): void {
      clear.run(jobId);
      if (output) insert.run({ ...output, jobId, createdAt, checks: JSON.stringify(output.checks) });
    },
    of(jobId: string): OutputFile | null {
      const row = of.get(jobId);
      return row ? outputOf(row) : null;
    },
    byJob: (): Map<string, OutputFile> => new Map(all.all().map((row) => [row.jobId, outputOf(row)])),
  };
}

function outputOf({ path, width, height, frames, sizeBytes, checks }: Row): OutputFile {
  return { path, width, height, frames, sizeBytes, checks: JSON.parse(checks) as OutputFile['checks'] };
}
