import { describe, expect, it } from 'vitest';
import { segmentOf } from '../support/tasks.ts';
import { jobIn, openTestStore } from '../support/store.ts';

describe('a journal', () => {
  it('gives back plan and segments as they were saved', () => {
    using test = openTestStore();
    const journal = test.store.checkpoints.journal(jobIn(test.queue, 'running'));
    expect(journal.loadPlan()).toBeUndefined();
    journal.savePlan({ output: '/clips/out.mov', frames: 96 });
    journal.addSegment(segmentOf(0));
    journal.addSegment(segmentOf(1));
    expect(journal.loadPlan()).toEqual({ output: '/clips/out.mov', frames: 96 });
    expect(journal.segments()).toEqual([segmentOf(0), segmentOf(1)]);
  });

  it('adds a segment with all its frames or not at all', () => {
    using test = openTestStore();
    const journal = test.store.checkpoints.journal(jobIn(test.queue, 'running'));
    journal.addSegment(segmentOf(0));
    const { frames } = segmentOf(1);
    const broken = segmentOf(1, { frames: [...frames.slice(0, 20), segmentOf(0).frames[3]!] });
    expect(() => journal.addSegment(broken)).toThrow(/UNIQUE/);
    expect(journal.segments()).toEqual([segmentOf(0)]);
  });

  it('forgets everything when it is cleared', () => {
    using test = openTestStore();
    const journal = test.store.checkpoints.journal(jobIn(test.queue, 'running'));
    journal.savePlan({ frames: 96 });
    journal.addSegment(segmentOf(0));
    journal.clear();
    expect([journal.loadPlan(), journal.segments()]).toEqual([undefined, []]);
  });

  it('keeps the journals of two jobs apart', () => {
    using test = openTestStore();
    const [a, b] = [jobIn(test.queue, 'running'), jobIn(test.queue, 'running')];
    test.store.checkpoints.journal(a).addSegment(segmentOf(0));
    expect(test.store.checkpoints.journal(b).segments()).toEqual([]);
  });

  it('counts the tries that a segment took', () => {
    using test = openTestStore();
    const id = jobIn(test.queue, 'running');
    const journal = test.store.checkpoints.journal(id);
    journal.addSegment(segmentOf(0));
    for (const action of ['interrupt', 'start', 'interrupt', 'start'] as const) test.queue.apply(id, action);
    journal.addSegment(segmentOf(1));
    const rates = test.sql.prepare('SELECT number, attempt, round(success_rate, 2) AS rate FROM segments').all();
    expect(rates).toEqual([
      { number: 0, attempt: 1, rate: 1 },
      { number: 1, attempt: 3, rate: 0.33 },
    ]);
    expect(test.sql.prepare('SELECT DISTINCT retries FROM frames WHERE segment = 1').pluck().all()).toEqual([2]);
  });
});
