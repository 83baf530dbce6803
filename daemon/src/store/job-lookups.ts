import type { JobState } from '@uprez/shared';
import type { Database } from 'better-sqlite3';

const sql = {
  byRequest: 'SELECT id FROM jobs WHERE request_id = ?',
  onItsWay: `SELECT id FROM jobs WHERE fingerprint = ? AND state IN ('queued', 'running', 'awaiting-approval')`,
  fingerprint: 'SELECT fingerprint FROM jobs WHERE id = ?',
  queued: `SELECT id FROM jobs WHERE state = 'queued' AND waiting_for IS NULL AND backend = ? ORDER BY position`,
  held: `SELECT id FROM jobs WHERE state = 'queued' AND waiting_for IS NOT NULL ORDER BY position`,
  inState: 'SELECT id FROM jobs WHERE state = ? ORDER BY position',
  endedBefore: `SELECT id FROM jobs WHERE state IN ('succeeded', 'failed', 'cancelled') AND ended_at < ? ORDER BY position`,
} as const;

/** Questions whose answers are job ids. */
export function openJobLookups(db: Database) {
  const ids = (text: string) => db.prepare<[string | number], string>(text).pluck();
  const byRequest = ids(sql.byRequest);
  const onItsWay = ids(sql.onItsWay);
  const fingerprint = ids(sql.fingerprint);
  const queued = ids(sql.queued);
  const held = db.prepare<[], string>(sql.held).pluck();
  const inState = ids(sql.inState);
  const endedBefore = ids(sql.endedBefore);

  return {
    idOfRequest: (requestId: string): string | undefined => byRequest.get(requestId),
    /** The job of the same clip and settings that is queued, running or waiting for approval. */
    onItsWay: (print: string): string | undefined => onItsWay.get(print),
    fingerprint: (id: string): string | undefined => fingerprint.get(id),
    /** Those that may start. */
    queued: (backend: string): string[] => queued.all(backend),
    /** Those that wait for something outside. */
    held: (): string[] => held.all(),
    inState: (state: JobState): string[] => inState.all(state),
    endedBefore: (time: number): string[] => endedBefore.all(time),
  };
}
