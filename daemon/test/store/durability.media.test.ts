import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { childScript, kill } from '../support/child-script.ts';
import { segmentOf } from '../support/tasks.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

/** Goes on from the last segment, and says each number only after its record was promised to be safe. */
const writer = (folder: TempDir): string => `
  import { JobQueue } from '../../src/jobs/job-queue.ts';
  import { Feed } from '../../src/jobs/feed.ts';
  import { systemClock } from '../../src/clock.ts';
  import { openStore } from '../../src/store/store.ts';
  import { jobIn } from './store.ts';
  import { segmentOf } from './tasks.ts';
  const store = openStore({
    database: ${JSON.stringify(folder.file('uprez.db'))},
    backups: ${JSON.stringify(folder.file('backups'))},
    now: () => Date.now(),
  });
  const queue = new JobQueue({ store, feed: new Feed(), clock: systemClock });
  const id = queue.list()[0]?.id ?? jobIn(queue, 'running');
  const journal = store.checkpoints.journal(id);
  const next = (index: number): void => {
    journal.addSegment(segmentOf(index));
    process.stdout.write(index + '\\n');
    setImmediate(next, index + 1);
  };
  next(journal.segments().length);`;

describe('a record that was promised', () => {
  it('is there after the daemon was killed, whole, time and again', async () => {
    using folder = tempDir();
    using script = await childScript(writer(folder));
    let promised = -1;
    for (const more of [1, 7, 20, 33]) {
      const child = script.start();
      const goal = promised + more;
      for await (const line of createInterface({ input: child.stdout! })) {
        promised = Number(line);
        if (promised >= goal) break;
      }
      await kill([child]);
      using store = openStore({ database: folder.file('uprez.db'), backups: folder.file('backups'), now: () => 0 });
      const [job] = store.jobs.all();
      const segments = store.checkpoints.journal(job!.id).segments();
      expect(segments.length).toBeGreaterThan(promised);
      expect(segments).toEqual(segments.map((_, index) => segmentOf(index)));
    }
    const sql = new Database(folder.file('uprez.db'));
    expect(sql.pragma('integrity_check', { simple: true })).toBe('ok');
    sql.close();
  });
});
