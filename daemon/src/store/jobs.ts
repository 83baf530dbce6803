import {
  type Estimate,
  type HostReference,
  Job,
  type Media,
  type OutputFile,
  type Task,
  type Warning,
} from '@uprez/shared';
import type { Database } from 'better-sqlite3';
import type { z } from 'zod';
import { openJobLookups } from './job-lookups.ts';
import { openOutputs } from './outputs.ts';
import { openSteps } from './steps.ts';
import { openWarnings } from './warnings.ts';

/** A job that was probed and estimated and only has to be queued. */
export interface PreparedJob {
  task: Task;
  media: Media;
  estimate: Estimate;
  host: z.infer<typeof HostReference> | null;
  requestId: string | null;
  /** Equal for equal clips with equal settings. */
  fingerprint: string;
  warnings: readonly Warning[];
}

/** Row as SQLite returns it; JSON columns are text. */
interface Row {
  id: string;
  task: string;
  media: string;
  estimate: string;
  host: string | null;
  error: string | null;
  waitingFor: string | null;
  [column: string]: string | number | null;
}

const columns = `id, position, state, task, media, estimate, host, attempts, created_at AS createdAt,
  started_at AS startedAt, ended_at AS endedAt, error, waiting_for AS waitingFor, delivery, revision, approved_credits AS approvedCredits,
  (SELECT sum(charged) FROM payments WHERE job_id = jobs.id) AS chargedCredits`;

const sql = {
  insert: `INSERT INTO jobs (id, position, request_id, fingerprint, state, task, media, estimate, host, created_at, delivery, revision)
    VALUES (@id, @position, @requestId, @fingerprint, 'queued', @task, @media, @estimate, @host, @createdAt, @delivery, @revision)`,
  save: `UPDATE jobs SET state = @state, attempts = @attempts, started_at = @startedAt, ended_at = @endedAt, error = @error,
    waiting_for = @waitingFor, estimate = @estimate, delivery = @delivery, approved_credits = @approvedCredits, revision = @revision WHERE id = @id`,
  touch: 'UPDATE jobs SET revision = @revision WHERE id = @id',
  place: 'UPDATE jobs SET position = @position, revision = @revision WHERE id = @id',
  remove: 'DELETE FROM jobs WHERE id = ?',
  byId: `SELECT ${columns} FROM jobs WHERE id = ?`,
  all: `SELECT ${columns} FROM jobs ORDER BY position`,
  crashed: 'UPDATE jobs SET crashes = crashes + 1 WHERE id = ? RETURNING crashes',
  calm: 'UPDATE jobs SET crashes = 0 WHERE id = ?',
  count: 'UPDATE counters SET value = value + 1 WHERE name = ? RETURNING value',
} as const;

/** Jobs as rows: everything about them except steps' changes and checkpoints. */
export function openJobs(db: Database) {
  const crashed = db.prepare<[string], number>(sql.crashed).pluck();
  const calm = db.prepare(sql.calm);
  return {
    ...openJobLookups(db),
    ...readers(db),
    ...writers(db),
    /** Counts a crash; returns how many there were in a row without progress. */
    crashed: (id: string): number => crashed.get(id) ?? 0,
    calm: (id: string): void => void calm.run(id),
  };
}

function readers(db: Database) {
  const steps = openSteps(db);
  const outputs = openOutputs(db);
  const warnings = openWarnings(db);
  const byId = db.prepare<[string], Row>(sql.byId);
  const all = db.prepare<[], Row>(sql.all);
  return {
    byId(id: string): Job | undefined {
      const row = byId.get(id);
      return row && parse(row, { steps: steps.of(id), output: outputs.of(id), warnings: warnings.of(id) });
    },
    all(): Job[] {
      const allSteps = steps.byJob();
      const allOutputs = outputs.byJob();
      const allWarnings = warnings.byJob();
      return all.all().map((row) =>
        parse(row, {
          steps: allSteps.get(row.id) ?? [],
          output: allOutputs.get(row.id) ?? null,
          warnings: allWarnings.get(row.id) ?? [],
        }),
      );
    },
  };
}

function writers(db: Database) {
  const steps = openSteps(db);
  const outputs = openOutputs(db);
  const warnings = openWarnings(db);
  const insert = db.prepare(sql.insert);
  const save = db.prepare(sql.save);
  const touch = db.prepare(sql.touch);
  const remove = db.prepare(sql.remove);
  const count = db.prepare<[string], number>(sql.count).pluck();
  const next = (counter: 'position' | 'revision'): number => count.get(counter) ?? 0;
  return {
    insert(id: string, job: PreparedJob, createdAt: number): void {
      const delivery = job.host ? 'pending' : 'none';
      const counted = { position: next('position'), revision: next('revision') };
      insert.run({ ...job, ...counted, id, createdAt, delivery, ...asText(job), host: textOrNull(job.host) });
      steps.insert(id);
      for (const warning of job.warnings) warnings.add(id, warning);
    },
    warn: (id: string, warning: Warning): void => warnings.add(id, warning),
    /** Stores what may change about a job and gives it a new revision. */
    save(job: Job): void {
      const { id, state, attempts, startedAt, endedAt, delivery, approvedCredits } = job;
      const text = {
        estimate: JSON.stringify(job.estimate),
        error: textOrNull(job.error),
        waitingFor: textOrNull(job.waitingFor),
      };
      const states = { state, attempts, startedAt, endedAt, delivery, approvedCredits };
      save.run({ id, ...states, ...text, revision: next('revision') });
      outputs.replace(id, job.output, endedAt ?? job.createdAt);
    },
    /** Gives the job a new revision after one of its parts changed. */
    touch: (id: string): void => void touch.run({ id, revision: next('revision') }),
    reorder: reorderer(db, () => next('revision')),
    remove: (id: string): void => void remove.run(id),
  };
}

/** Gives jobs, in this order, the positions that they have among themselves. To be called in a transaction. */
function reorderer(db: Database, revision: () => number) {
  const place = db.prepare(sql.place);
  return (ids: readonly string[], positions: readonly number[]): void => {
    // Positions are unique at every moment, so all step aside first.
    for (const [index, id] of ids.entries()) place.run({ id, position: -1 - index, revision: revision() });
    for (const [index, id] of ids.entries()) place.run({ id, position: positions[index], revision: revision() });
  };
}

function parse(row: Row, parts: { steps: Job['steps']; output: OutputFile | null; warnings: Warning[] }): Job {
  return Job.parse({
    ...row,
    task: JSON.parse(row.task),
    media: JSON.parse(row.media),
    estimate: JSON.parse(row.estimate),
    host: row.host && JSON.parse(row.host),
    error: row.error && JSON.parse(row.error),
    waitingFor: row.waitingFor && JSON.parse(row.waitingFor),
    ...parts,
  });
}

function asText(job: PreparedJob) {
  return { task: JSON.stringify(job.task), media: JSON.stringify(job.media), estimate: JSON.stringify(job.estimate) };
}

function textOrNull(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
