import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { segmentOf } from '../support/tasks.ts';
import { jobIn, openTestStore, type TestStore } from '../support/store.ts';

let test: TestStore;
let id: string;

beforeAll(() => {
  test = openTestStore();
  id = jobIn(test.queue, 'running');
  test.store.checkpoints.journal(id).addSegment(segmentOf(0));
});
afterAll(() => test[Symbol.dispose]());

const refused: [rule: string, sql: string, reason: RegExp][] = [
  ['a step’s progress above 100', `UPDATE steps SET progress = 100.1`, /CHECK.*progress/],
  ['a step’s progress below 0', `UPDATE steps SET progress = -1`, /CHECK.*progress/],
  ['a step twice in a job', `INSERT INTO steps (job_id, name, position) SELECT job_id, name, 9 FROM steps`, /UNIQUE/],
  ['a step that is none', `UPDATE steps SET name = 'render' WHERE name = 'decode'`, /CHECK/],
  ['a step of no job', `INSERT INTO steps (job_id, name, position) VALUES ('none', 'decode', 1)`, /FOREIGN KEY/],
  ['a scale of 0', `UPDATE jobs SET task = json_set(task, '$.scale', 0)`, /CHECK.*scale/],
  [
    'a range that ends before it starts',
    `UPDATE jobs SET task = json_set(task, '$.range.from', 9, '$.range.to', 9)`,
    /CHECK/,
  ],
  ['a clip without pixels', `UPDATE jobs SET media = json_set(media, '$.width', 0)`, /CHECK.*width/],
  ['a job without frames', `UPDATE jobs SET estimate = json_set(estimate, '$.frames', 0)`, /CHECK.*frames/],
  ['a state that is none', `UPDATE jobs SET state = 'resting'`, /CHECK.*state/],
  ['text that is no JSON', `UPDATE jobs SET task = 'hello'`, /CHECK|malformed/],
  ['text where a number belongs', `UPDATE jobs SET attempts = 'many'`, /cannot store TEXT/],
  ['a segment twice in a job', segmentSql(0, 500), /UNIQUE/],
  ['two segments that start at one frame', segmentSql(7, 0), /UNIQUE/],
  ['an empty segment', `UPDATE segments SET frame_count = 0`, /CHECK/],
  ['a segment that ends where it starts', `UPDATE segments SET end_bytes = offset_bytes`, /CHECK/],
  ['a frame twice in a job', frameSql(3, 0), /UNIQUE/],
  ['a frame of no segment', frameSql(9999, 42), /FOREIGN KEY/],
  ['a quality score above 1', `UPDATE frames SET quality_score = 1.5`, /CHECK.*quality_score/],
  ['an error of no job', errorSql('none'), /FOREIGN KEY/],
  ['a pairing with a short secret', `INSERT INTO pairings VALUES ('p', 'panel', 'abc', 0, NULL)`, /CHECK/],
];

function segmentSql(number: number, firstFrame: number): string {
  return `INSERT INTO segments (job_id, number, first_frame, frame_count, offset_bytes, end_bytes, source_digest, attempt, done_at)
    SELECT id, ${number}, ${firstFrame}, 1, 0, 1, 'x', 1, 0 FROM jobs`;
}

function frameSql(number: number, segment: number): string {
  return `INSERT INTO frames (job_id, number, segment, offset_bytes, size_bytes, inference_ms)
    SELECT id, ${number}, ${segment}, 0, 1, 1 FROM jobs`;
}

function errorSql(job: string): string {
  return `INSERT INTO job_errors (job_id, at, attempt, code, message, suggested_action, recoverable, facts)
    VALUES ('${job}', 0, 1, 'daemon.internal', '', '', 1, '{}')`;
}

describe('the database refuses', () => {
  it.each(refused)('%s', (_, sql, reason) => {
    expect(() => test.sql.exec(sql)).toThrow(reason);
  });
});

describe('removing a job', () => {
  it('removes everything that belongs to it', () => {
    using other = openTestStore();
    const gone = jobIn(other.queue, 'failed');
    other.store.checkpoints.journal(gone).addSegment(segmentOf(0));
    other.store.records.worker(gone, { process: 'engine', peakBytes: 5, at: 0 });
    other.sql.exec(errorSql(gone));
    other.queue.remove(gone);
    for (const table of ['jobs', 'steps', 'segments', 'frames', 'job_errors', 'worker_statistics', 'outputs'])
      expect(other.sql.prepare(`SELECT count(*) FROM ${table}`).pluck().get(), table).toBe(0);
  });
});
