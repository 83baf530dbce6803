import { closeSync, openSync } from 'node:fs';
import { AppError } from '@uprez/shared';
import Database from 'better-sqlite3';
import { openCheckpoints } from './checkpoints.ts';
import { sayingDiskFull } from './disk-full.ts';
import { openJobs } from './jobs.ts';
import { migrate } from './migrations.ts';
import { openPayments } from './payments.ts';
import { openPairings } from './pairings.ts';
import { openProcesses } from './processes.ts';
import { openRecords } from './records.ts';
import { openSettings } from './settings.ts';
import { openSpeeds } from './speeds.ts';
import { openSteps } from './steps.ts';

export interface StoreOptions {
  database: string;
  backups: string;
  now: () => number;
}

/**
 * Opens the daemon's memory. Throws `setup.database` rather than starting with less than was there before.
 */
export function openStore(options: StoreOptions) {
  const db = openDatabase(options);
  return {
    jobs: openJobs(db),
    steps: openSteps(db),
    checkpoints: openCheckpoints(db, options.now),
    records: openRecords(db),
    settings: openSettings(db),
    pairings: openPairings(db),
    payments: openPayments(db),
    processes: openProcesses(db),
    speeds: openSpeeds(db, options.now),
    /** For `uprez doctor`, and to prove it: these are settings of each connection. */
    durability: () => ({
      journal: db.pragma('journal_mode', { simple: true }),
      synchronous: db.pragma('synchronous', { simple: true }),
      foreignKeys: db.pragma('foreign_keys', { simple: true }),
    }),
    /** All or nothing; on disk when it returns. */
    transaction: <T>(work: () => T): T => sayingDiskFull(db, () => db.transaction(work).immediate()),
    [Symbol.dispose]: (): void => void db.close(),
  };
}

export type Store = ReturnType<typeof openStore>;

function openDatabase({ database, backups }: StoreOptions): Database.Database {
  let db: Database.Database | undefined;
  try {
    // Created before SQLite does, so that it and its companions are readable by the owner alone.
    closeSync(openSync(database, 'a', 0o600));
    db = new Database(database, { timeout: 5000 });
    prepare(db);
    migrate(db, { backups });
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof AppError) throw cause;
    throw new AppError('setup.database', { why: cause instanceof Error ? cause.message : 'unknown' }, { cause });
  }
}

function prepare(db: Database.Database): void {
  const check = db.pragma('quick_check(1)', { simple: true });
  if (check !== 'ok') throw new AppError('setup.database', { why: `it is damaged (${String(check)})` });
  db.pragma('journal_mode = WAL');
  // better-sqlite3 is built with NORMAL for WAL, which may lose the last commits in a power cut.
  db.pragma('synchronous = FULL');
  // macOS: fsync alone leaves the data in the drive's cache.
  db.pragma('fullfsync = ON');
  db.pragma('checkpoint_fullfsync = ON');
  db.pragma('foreign_keys = ON');
}
