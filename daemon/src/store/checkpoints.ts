import type { Database } from 'better-sqlite3';
import type { FrameRecord, Journal, Segment } from '../backends/backend.ts';
import { sayingDiskFull } from './disk-full.ts';

interface SegmentRow extends Omit<Segment, 'frames' | 'quality'> {
  quality: string | null;
}

interface FrameRow extends FrameRecord {
  segment: number;
}

export interface SegmentTotals {
  segments: number;
  frames: number;
  bytes: number;
  largest: number;
}

const sql = {
  plan: 'SELECT plan FROM jobs WHERE id = ?',
  savePlan: 'UPDATE jobs SET plan = @plan WHERE id = @jobId',
  segments: `SELECT number AS "index", first_frame AS firstFrame, offset_bytes AS "offset",
    end_bytes AS "end", source_digest AS sourceDigest, quality FROM segments WHERE job_id = ? AND status = 'done' ORDER BY number`,
  frames: `SELECT segment, number, offset_bytes AS "offset", size_bytes AS sizeBytes, inference_ms AS inferenceMs
    FROM frames WHERE job_id = ? ORDER BY number`,
  // Attempts that ended since the segment before was done were spent on this one.
  tries: `SELECT attempts, attempts - coalesce((SELECT max(attempt) FROM segments WHERE job_id = jobs.id), min(attempts, 1))
    AS retries FROM jobs WHERE id = ?`,
  addSegment: `INSERT INTO segments
      (job_id, number, first_frame, frame_count, offset_bytes, end_bytes, source_digest, quality, attempt, success_rate, done_at)
    VALUES (@jobId, @index, @firstFrame, @frameCount, @offset, @end, @sourceDigest, @quality, @attempts, 1.0 / (1 + @retries), @at)`,
  addFrame: `INSERT INTO frames (job_id, number, segment, offset_bytes, size_bytes, inference_ms, retries)
    VALUES (@jobId, @number, @segment, @offset, @sizeBytes, @inferenceMs, @retries)`,
  calm: 'UPDATE jobs SET crashes = 0 WHERE id = ?',
  clear: 'DELETE FROM segments WHERE job_id = ?',
  totals: `SELECT count(*) AS segments, coalesce(sum(frame_count), 0) AS frames,
    coalesce(sum(end_bytes - offset_bytes), 0) AS bytes, coalesce(max(frame_count), 0) AS largest
    FROM segments WHERE job_id = ? AND status = 'done'`,
} as const;

/** Checkpoints: what each job has durably achieved. */
export function openCheckpoints(db: Database, now: () => number) {
  const plan = db.prepare<[string], string | null>(sql.plan).pluck();
  const savePlan = db.prepare(sql.savePlan);
  const segments = db.prepare<[string], SegmentRow>(sql.segments);
  const frames = db.prepare<[string], FrameRow>(sql.frames);
  const tries = db.prepare<[string], { attempts: number; retries: number }>(sql.tries);
  const addSegment = db.prepare(sql.addSegment);
  const addFrame = db.prepare(sql.addFrame);
  const calm = db.prepare(sql.calm);
  const clear = db.prepare(sql.clear);
  const totals = db.prepare<[string], SegmentTotals>(sql.totals);

  const add = db.transaction((jobId: string, { frames: records, quality, ...segment }: Segment): void => {
    const { attempts = 0, retries = 0 } = tries.get(jobId) ?? {};
    const counted = { frameCount: records.length, attempts, retries, at: now() };
    addSegment.run({ ...segment, ...counted, jobId, quality: quality && JSON.stringify(quality) });
    for (const frame of records) addFrame.run({ ...frame, jobId, segment: segment.index, retries });
    // A new segment is progress: whatever crashed before was not this job's fault alone.
    calm.run(jobId);
  });
  const save = (jobId: string, value: unknown): void => void savePlan.run({ jobId, plan: JSON.stringify(value) });
  const advance = db.transaction((jobId: string, value: unknown) => (save(jobId, value), void calm.run(jobId)));
  const forget = db.transaction((jobId: string): void => {
    clear.run(jobId);
    savePlan.run({ jobId, plan: null });
  });

  return {
    totals: (jobId: string): SegmentTotals => totals.get(jobId) ?? { segments: 0, frames: 0, bytes: 0, largest: 0 },
    journal: (jobId: string): Journal => ({
      loadPlan(): unknown {
        const text = plan.get(jobId);
        return text ? JSON.parse(text) : undefined;
      },
      savePlan: (value) => sayingDiskFull(db, () => save(jobId, value)),
      advance: (value) => sayingDiskFull(db, () => advance(jobId, value)),
      segments: () => withFrames(segments.all(jobId), frames.all(jobId)),
      addSegment: (segment) => sayingDiskFull(db, () => add(jobId, segment)),
      clear: () => sayingDiskFull(db, () => forget(jobId)),
    }),
  };
}

export type Checkpoints = ReturnType<typeof openCheckpoints>;

function withFrames(rows: SegmentRow[], frames: FrameRow[]): Segment[] {
  const bySegment = new Map<number, FrameRecord[]>(rows.map((row) => [row.index, []]));
  for (const { segment, ...frame } of frames) bySegment.get(segment)?.push(frame);
  return rows.map(({ quality, ...row }) => ({
    ...row,
    frames: bySegment.get(row.index) ?? [],
    quality: quality === null ? null : (JSON.parse(quality) as Segment['quality']),
  }));
}
