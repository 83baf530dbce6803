/**
 * Version 1 of the database. Task, media and estimate are kept as the JSON that was agreed on; the columns that
 * constraints and views need are generated from it, so that no fact is stored twice.
 */
export const schema1 = `
CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;
INSERT INTO counters (name, value) VALUES ('revision', 0), ('position', 0);

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  position INTEGER NOT NULL UNIQUE,
  request_id TEXT UNIQUE,
  -- Same clip, same settings: at most one such job may be on its way.
  fingerprint TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('queued', 'running', 'awaiting-approval', 'cancelling', 'succeeded', 'failed', 'cancelled')),
  task TEXT NOT NULL CHECK (json_valid(task)),
  media TEXT NOT NULL CHECK (json_valid(media)),
  estimate TEXT NOT NULL CHECK (json_valid(estimate)),
  host TEXT CHECK (json_valid(host)),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  -- Crashes in a row without a new segment in between.
  crashes INTEGER NOT NULL DEFAULT 0 CHECK (crashes >= 0),
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  error TEXT CHECK (json_valid(error)),
  delivery TEXT NOT NULL CHECK (delivery IN ('none', 'pending', 'delivered')),
  plan TEXT CHECK (json_valid(plan)),
  revision INTEGER NOT NULL,
  source TEXT NOT NULL GENERATED ALWAYS AS (task ->> '$.source') STORED,
  backend TEXT NOT NULL GENERATED ALWAYS AS (task ->> '$.backend') STORED,
  model TEXT NOT NULL GENERATED ALWAYS AS (task ->> '$.model') STORED,
  scale INTEGER NOT NULL GENERATED ALWAYS AS (task ->> '$.scale') STORED CHECK (scale > 0),
  range_from INTEGER NOT NULL GENERATED ALWAYS AS (task ->> '$.range.from') STORED CHECK (range_from >= 0),
  range_to INTEGER GENERATED ALWAYS AS (task ->> '$.range.to') STORED CHECK (range_to > range_from),
  width INTEGER NOT NULL GENERATED ALWAYS AS (media ->> '$.width') STORED CHECK (width > 0),
  height INTEGER NOT NULL GENERATED ALWAYS AS (media ->> '$.height') STORED CHECK (height > 0),
  frames INTEGER NOT NULL GENERATED ALWAYS AS (estimate ->> '$.frames') STORED CHECK (frames > 0)
) STRICT;
CREATE UNIQUE INDEX jobs_on_their_way ON jobs (fingerprint)
  WHERE state IN ('queued', 'running', 'awaiting-approval');
CREATE INDEX jobs_by_state ON jobs (state, position);

CREATE TABLE steps (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name IN ('validate', 'decode', 'upscale', 'combine')),
  position INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'done', 'failed')),
  progress REAL NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  started_at INTEGER,
  ended_at INTEGER CHECK (ended_at >= started_at),
  -- The job's attempt that last started the step; each further one is a retry.
  attempt INTEGER NOT NULL DEFAULT 0,
  retries INTEGER NOT NULL DEFAULT 0 CHECK (retries >= 0),
  sample_count INTEGER CHECK (sample_count >= 0),
  min_ms REAL,
  max_ms REAL,
  mean_ms REAL,
  deviation_ms REAL,
  PRIMARY KEY (job_id, name)
) STRICT;

-- Segments are the batches of the resume design.
CREATE TABLE segments (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  number INTEGER NOT NULL CHECK (number >= 0),
  status TEXT NOT NULL DEFAULT 'done' CHECK (status IN ('done', 'failed')),
  first_frame INTEGER NOT NULL CHECK (first_frame >= 0),
  frame_count INTEGER NOT NULL CHECK (frame_count > 0),
  offset_bytes INTEGER NOT NULL CHECK (offset_bytes >= 0),
  end_bytes INTEGER NOT NULL CHECK (end_bytes > offset_bytes),
  source_digest TEXT NOT NULL,
  -- The job's attempt in which the segment got done.
  attempt INTEGER NOT NULL CHECK (attempt >= 0),
  -- Share of the tries at this segment that succeeded.
  success_rate REAL NOT NULL DEFAULT 1 CHECK (success_rate BETWEEN 0 AND 1),
  done_at INTEGER NOT NULL,
  PRIMARY KEY (job_id, number),
  UNIQUE (job_id, first_frame)
) STRICT;

CREATE TABLE frames (
  job_id TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 0),
  segment INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'done' CHECK (status IN ('done', 'failed')),
  offset_bytes INTEGER NOT NULL CHECK (offset_bytes >= 0),
  size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
  inference_ms REAL NOT NULL CHECK (inference_ms >= 0),
  retries INTEGER NOT NULL DEFAULT 0 CHECK (retries >= 0),
  quality_score REAL CHECK (quality_score BETWEEN 0 AND 1),
  PRIMARY KEY (job_id, number),
  FOREIGN KEY (job_id, segment) REFERENCES segments (job_id, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX frames_of_segment ON frames (job_id, segment);

CREATE TABLE outputs (
  job_id TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  width INTEGER NOT NULL CHECK (width > 0),
  height INTEGER NOT NULL CHECK (height > 0),
  frames INTEGER NOT NULL CHECK (frames > 0),
  size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
  checks TEXT NOT NULL CHECK (json_valid(checks)),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE worker_statistics (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  process TEXT NOT NULL,
  peak_memory_bytes INTEGER NOT NULL CHECK (peak_memory_bytes >= 0),
  accelerator TEXT,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (job_id, process)
) STRICT;

CREATE TABLE job_errors (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  code TEXT NOT NULL,
  type TEXT NOT NULL GENERATED ALWAYS AS (substr(code, 1, instr(code, '.') - 1)) STORED,
  message TEXT NOT NULL,
  suggested_action TEXT NOT NULL,
  recoverable INTEGER NOT NULL CHECK (recoverable IN (0, 1)),
  retry_after_seconds REAL CHECK (retry_after_seconds >= 0),
  step TEXT,
  frame INTEGER CHECK (frame >= 0),
  facts TEXT NOT NULL CHECK (json_valid(facts)),
  FOREIGN KEY (job_id, step) REFERENCES steps (job_id, name) ON DELETE CASCADE
) STRICT;
CREATE INDEX job_errors_of_job ON job_errors (job_id, at);
CREATE INDEX job_errors_by_time ON job_errors (at, code);

-- Engine processes that are running; whatever is left in here at start outlived a crash of the daemon.
CREATE TABLE processes (
  pid INTEGER PRIMARY KEY CHECK (pid > 1),
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  started TEXT NOT NULL
) STRICT;

CREATE TABLE pairings (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- Needed in clear to answer a challenge; the file is readable by its owner alone.
  secret TEXT NOT NULL CHECK (length(secret) = 64),
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER
) STRICT;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value))
) STRICT;

CREATE VIEW job_summary AS
SELECT
  jobs.id, jobs.source, jobs.backend, jobs.model, jobs.scale, jobs.state, jobs.attempts,
  jobs.created_at, jobs.started_at, jobs.ended_at, jobs.frames AS frames_total,
  (SELECT count(*) FROM frames WHERE frames.job_id = jobs.id AND frames.status = 'done') AS frames_done,
  CASE jobs.state
    WHEN 'succeeded' THEN 100.0
    ELSE coalesce((SELECT avg(progress) FROM steps WHERE steps.job_id = jobs.id), 0)
  END AS overall_progress,
  (SELECT name FROM steps WHERE steps.job_id = jobs.id AND status <> 'done'
    ORDER BY status = 'running' DESC, CASE status WHEN 'running' THEN -position ELSE position END LIMIT 1) AS current_step,
  (SELECT count(*) FROM job_errors WHERE job_errors.job_id = jobs.id) AS errors,
  outputs.path AS output
FROM jobs LEFT JOIN outputs ON outputs.job_id = jobs.id;

CREATE VIEW frame_status_counts AS
SELECT job_id, status, count(*) AS frames FROM frames GROUP BY job_id, status
UNION ALL
SELECT id, 'pending', frames - (SELECT count(*) FROM frames WHERE frames.job_id = jobs.id)
FROM jobs
WHERE frames > (SELECT count(*) FROM frames WHERE frames.job_id = jobs.id);

CREATE VIEW step_statistics AS
SELECT
  steps.job_id, steps.name, steps.sample_count, steps.min_ms, steps.max_ms, steps.mean_ms, steps.deviation_ms,
  (steps.ended_at - steps.started_at) / 1000.0 AS duration_seconds,
  1000.0 / nullif(steps.mean_ms, 0) AS frames_per_second,
  (SELECT count(*) FROM job_errors WHERE job_errors.job_id = steps.job_id AND job_errors.step = steps.name) * 1.0
    / nullif(steps.sample_count, 0) AS error_rate
FROM steps;

CREATE VIEW error_statistics_30_days AS
SELECT code, type, count(*) AS errors, count(DISTINCT job_id) AS jobs, max(at) AS last_at, max(recoverable) AS recoverable
FROM job_errors
WHERE at >= (unixepoch('now') - 30 * 86400) * 1000
GROUP BY code, type
ORDER BY errors DESC, code;
`;

/** Version 2: numbers of finished files, and the measures of each segment that they come from. */
export const schema2 = `
ALTER TABLE outputs ADD COLUMN quality TEXT CHECK (json_valid(quality));
ALTER TABLE segments ADD COLUMN quality TEXT CHECK (json_valid(quality));
`;

/** What a queued job waits for. */
export const waitingSchema = `
ALTER TABLE jobs ADD COLUMN waiting_for TEXT CHECK (json_valid(waiting_for));
`;
