import { randomUUID } from 'node:crypto';
import type { JobState } from '@uprez/shared';
import Database from 'better-sqlite3';
import { fingerprint } from '../../src/jobs/enqueue.ts';
import { Feed } from '../../src/jobs/feed.ts';
import { JobQueue } from '../../src/jobs/job-queue.ts';
import type { PreparedJob } from '../../src/store/jobs.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { ManualClock } from './manual-clock.ts';
import { estimate, mediaOf, taskOf } from './tasks.ts';
import { tempDir } from './temp-dir.ts';

export interface TestStore extends Disposable {
  readonly store: Store;
  readonly queue: JobQueue;
  readonly feed: Feed;
  readonly clock: ManualClock;
  readonly database: string;
  /** The same database by SQL alone, as a stranger would see it. */
  readonly sql: Database.Database;
}

/** A real store in a folder of its own, with a queue on top. */
export function openTestStore(clock = new ManualClock()): TestStore {
  const folder = tempDir();
  const database = folder.file('uprez.db');
  const store = openStore({ database, backups: folder.file('backups'), now: () => clock.now() });
  const sql = new Database(database);
  sql.pragma('foreign_keys = ON');
  const feed = new Feed();
  return {
    store,
    queue: new JobQueue({ store, feed, clock }),
    feed,
    clock,
    database,
    sql,
    [Symbol.dispose]() {
      sql.close();
      store[Symbol.dispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** A job ready for the queue; a source of its own unless one is given. */
export function prepared(change: Partial<PreparedJob> = {}): PreparedJob {
  const task = change.task ?? taskOf({ source: `/clips/${randomUUID()}.mp4` });
  const media = change.media ?? mediaOf();
  return {
    task,
    media,
    estimate,
    host: null,
    requestId: null,
    fingerprint: fingerprint(task, media),
    warnings: [],
    ...change,
  };
}

/** Adds a job and leads it to a state by legal actions. */
export function jobIn(queue: JobQueue, state: JobState): string {
  const [job] = queue.add([prepared()]);
  const id = job!.id;
  const ways: Record<JobState, Parameters<JobQueue['apply']>[1][]> = {
    queued: [],
    running: ['start'],
    'awaiting-approval': ['start', 'ask'],
    cancelling: ['start', 'cancel'],
    succeeded: ['start', 'succeed'],
    failed: ['start', 'fail'],
    cancelled: ['start', 'cancel', 'settle'],
  };
  for (const action of ways[state]) queue.apply(id, action);
  return id;
}
