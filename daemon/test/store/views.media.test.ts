import { AppError } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../support/manual-clock.ts';
import { output, segmentOf } from '../support/tasks.ts';
import { jobIn, openTestStore } from '../support/store.ts';

const DAY_MS = 86_400_000;

describe('the job summary', () => {
  it('shows overall progress and the current step', () => {
    using test = openTestStore();
    const id = jobIn(test.queue, 'running');
    const summary = () => test.sql.prepare('SELECT overall_progress, current_step FROM job_summary').get();
    expect(summary()).toEqual({ overall_progress: 0, current_step: 'validate' });
    test.queue.recordSteps(id, { validate: { status: 'done' } });
    test.queue.recordSteps(id, { decode: { status: 'running', progress: 50 } });
    test.queue.recordSteps(id, { upscale: { status: 'running', progress: 30 } });
    expect(summary()).toEqual({ overall_progress: 45, current_step: 'upscale' });
    test.queue.apply(id, 'succeed', { output });
    expect(summary()).toMatchObject({ overall_progress: 100 });
  });
});

describe('the frame status counts', () => {
  it('tell done from pending', () => {
    using test = openTestStore();
    const id = jobIn(test.queue, 'running');
    const counts = () => test.sql.prepare('SELECT status, frames FROM frame_status_counts ORDER BY status').all();
    expect(counts()).toEqual([{ status: 'pending', frames: 96 }]);
    test.store.checkpoints.journal(id).addSegment(segmentOf(0));
    expect(counts()).toEqual([
      { status: 'done', frames: 24 },
      { status: 'pending', frames: 72 },
    ]);
  });
});

describe('the step statistics', () => {
  it('show throughput and error rate', () => {
    using test = openTestStore();
    const id = jobIn(test.queue, 'running');
    const statistics = { count: 96, minMs: 30, maxMs: 80, meanMs: 40, deviationMs: 5 };
    test.queue.recordSteps(id, { upscale: { status: 'running', statistics } });
    test.queue.recordError(id, new AppError('local.inference-failed', { frame: 7, why: 'test' }));
    const row = test.sql.prepare(`SELECT * FROM step_statistics WHERE name = 'upscale'`).get();
    expect(row).toMatchObject({ mean_ms: 40, deviation_ms: 5, frames_per_second: 25, error_rate: 1 / 96 });
  });
});

describe('the error statistics', () => {
  it('cover thirty days', () => {
    using test = openTestStore(new ManualClock(Date.now() - 31 * DAY_MS));
    const [a, b] = [jobIn(test.queue, 'running'), jobIn(test.queue, 'running')];
    test.queue.recordError(a, new AppError('input.unreadable', { file: 'a' }));
    test.clock.advance(2 * DAY_MS);
    for (const id of [a, a, b]) test.queue.recordError(id, new AppError('local.engine-crashed', { why: 'test' }));
    expect(test.store.records.statistics()).toEqual([
      { code: 'local.engine-crashed', count: 3, jobs: 2, lastAt: test.clock.now(), retryable: true },
    ]);
  });

  it('keep step, frame and advice of each error', () => {
    using test = openTestStore();
    const id = jobIn(test.queue, 'running');
    test.queue.recordSteps(id, { decode: { status: 'running' } });
    test.queue.recordError(id, new AppError('local.decoder-failed', { frame: 41, why: 'test', retryAfterSeconds: 5 }));
    expect(test.sql.prepare('SELECT * FROM job_errors').get()).toMatchObject({
      code: 'local.decoder-failed',
      type: 'local',
      step: 'decode',
      frame: 41,
      recoverable: 1,
      retry_after_seconds: 5,
      suggested_action: expect.stringContaining('Retry') as string,
    });
  });
});
