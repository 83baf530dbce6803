import type { Way, WaySpeed } from '@uprez/shared';
import type { Database } from 'better-sqlite3';
import type { JobKind, JobSpeed, SpeedBook } from '../backends/backend.ts';

/** How fast this computer is: by trials of ways, and by the jobs that it did. */
export const speedSchema = `
CREATE TABLE speeds (
  -- Computer, runtime and weights: with others, everything is measured anew.
  circumstances TEXT NOT NULL,
  provider TEXT NOT NULL,
  precision TEXT NOT NULL,
  -- Luma samples of the source at 2x; NULL where the way is not usable, for the reason given.
  samples_per_second REAL CHECK (samples_per_second > 0),
  why TEXT,
  measured_at INTEGER NOT NULL,
  PRIMARY KEY (circumstances, provider, precision)
) STRICT;

CREATE TABLE job_speeds (
  id INTEGER PRIMARY KEY,
  circumstances TEXT NOT NULL,
  provider TEXT NOT NULL,
  precision TEXT NOT NULL,
  scale INTEGER NOT NULL,
  -- Luma samples of the source that were processed, in how many seconds, and what else the job took.
  samples REAL NOT NULL CHECK (samples > 0),
  process_seconds REAL NOT NULL CHECK (process_seconds > 0),
  overhead_seconds REAL NOT NULL CHECK (overhead_seconds >= 0),
  ended_at INTEGER NOT NULL
) STRICT;
CREATE INDEX job_speeds_by_kind ON job_speeds (circumstances, provider, precision, scale, id);
`;

type Row = Way & Omit<WaySpeed, 'way'>;

const sql = {
  trials: `SELECT provider, precision, samples_per_second AS samplesPerSecond, why FROM speeds
    WHERE circumstances = ? AND (samples_per_second IS NOT NULL OR measured_at > ?) ORDER BY samples_per_second DESC`,
  tried: `INSERT INTO speeds (circumstances, provider, precision, samples_per_second, why, measured_at)
    VALUES (@circumstances, @provider, @precision, @samplesPerSecond, @why, @at)
    ON CONFLICT (circumstances, provider, precision) DO UPDATE SET
      samples_per_second = excluded.samples_per_second, why = excluded.why, measured_at = excluded.measured_at`,
  jobs: `SELECT samples, process_seconds AS processSeconds, overhead_seconds AS overheadSeconds FROM job_speeds
    WHERE circumstances = @circumstances AND provider = @provider AND precision = @precision AND scale = @scale
    ORDER BY id DESC LIMIT 5`,
  did: `INSERT INTO job_speeds
      (circumstances, provider, precision, scale, samples, process_seconds, overhead_seconds, ended_at)
    VALUES (@circumstances, @provider, @precision, @scale, @samples, @processSeconds, @overheadSeconds, @at)`,
} as const;

/** What failed may work with the next driver: it is tried again after a week. */
const FAILURE_KEPT_MS = 7 * 86_400_000;

export function openSpeeds(db: Database, now: () => number): SpeedBook {
  const trials = db.prepare<[string, number], Row>(sql.trials);
  const tried = db.prepare(sql.tried);
  const jobs = db.prepare<[object], JobSpeed>(sql.jobs);
  const did = db.prepare(sql.did);
  return {
    trials: (circumstances) =>
      trials.all(circumstances, now() - FAILURE_KEPT_MS).map(({ provider, precision, ...rest }) => ({
        way: { provider, precision },
        ...rest,
      })),
    tried: (circumstances, { way, ...speed }) => void tried.run({ circumstances, ...way, ...speed, at: now() }),
    jobs: ({ way, ...kind }: JobKind) => jobs.all({ ...kind, ...way }),
    did: ({ way, ...kind }: JobKind, speed: JobSpeed) => void did.run({ ...kind, ...way, ...speed, at: now() }),
  };
}
