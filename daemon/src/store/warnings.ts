import type { Warning } from '@uprez/shared';
import type { Database } from 'better-sqlite3';

/**
 * What there is to know of a job's result. Tasks that were stored before transparency had a third way get the word for
 * what they said.
 */
export const warningSchema = `
CREATE TABLE job_warnings (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  facts TEXT NOT NULL CHECK (json_valid(facts)),
  UNIQUE (job_id, code)
) STRICT;

UPDATE jobs SET task = json_set(
  json_remove(task, '$.dropAlpha'), '$.alpha', iif(json_extract(task, '$.dropAlpha'), 'drop', 'refuse')
) WHERE json_type(task, '$.dropAlpha') IS NOT NULL;
`;

interface Row {
  jobId: string;
  code: string;
  message: string;
  data: string;
}

const columns = 'job_id AS jobId, code, message, facts AS data';

const sql = {
  add: `INSERT INTO job_warnings (job_id, code, message, facts) VALUES (@jobId, @code, @message, @data)
    ON CONFLICT (job_id, code) DO UPDATE SET message = excluded.message, facts = excluded.facts`,
  of: `SELECT ${columns} FROM job_warnings WHERE job_id = ? ORDER BY id`,
  all: `SELECT ${columns} FROM job_warnings ORDER BY id`,
} as const;

/** Warnings of jobs, each code once: what a resumed run finds again replaces what was found before. */
export function openWarnings(db: Database) {
  const add = db.prepare(sql.add);
  const of = db.prepare<[string], Row>(sql.of);
  const all = db.prepare<[], Row>(sql.all);
  return {
    add(jobId: string, { code, message, data }: Warning): void {
      add.run({ jobId, code, message, data: JSON.stringify(data) });
    },
    of: (jobId: string): Warning[] => of.all(jobId).map(warningOf),
    byJob(): Map<string, Warning[]> {
      const found = new Map<string, Warning[]>();
      for (const row of all.all()) found.set(row.jobId, [...(found.get(row.jobId) ?? []), warningOf(row)]);
      return found;
    },
  };
}

function warningOf({ code, message, data }: Row): Warning {
  return { code, message, data: JSON.parse(data) as Warning['data'] };
}
