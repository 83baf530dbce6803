import type { OutputFile } from '@uprez/shared';
import type { Database } from 'better-sqlite3';

interface Row extends Omit<OutputFile, 'checks' | 'quality'> {
  jobId: string;
  checks: string;
  quality: string | null;
}

const columns = 'job_id AS jobId, path, width, height, frames, size_bytes AS sizeBytes, checks, quality';

const sql = {
  clear: 'DELETE FROM outputs WHERE job_id = ?',
  insert: `INSERT INTO outputs (job_id, path, width, height, frames, size_bytes, checks, quality, created_at)
    VALUES (@jobId, @path, @width, @height, @frames, @sizeBytes, @checks, @quality, @createdAt)`,
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
      if (!output) return;
      const quality = output.quality && JSON.stringify(output.quality);
      insert.run({ ...output, jobId, createdAt, quality, checks: JSON.stringify(output.checks) });
    },
    of(jobId: string): OutputFile | null {
      const row = of.get(jobId);
      return row ? outputOf(row) : null;
    },
    byJob: (): Map<string, OutputFile> => new Map(all.all().map((row) => [row.jobId, outputOf(row)])),
  };
}

function outputOf({ path, width, height, frames, sizeBytes, checks, quality }: Row): OutputFile {
  return {
    ...{ path, width, height, frames, sizeBytes },
    checks: JSON.parse(checks) as OutputFile['checks'],
    quality: quality === null ? null : (JSON.parse(quality) as OutputFile['quality']),
  };
}
