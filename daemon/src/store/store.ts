import { closeSync, openSync, statSync } from 'node:fs';
import { AppError } from '@uprez/shared';
import Database from 'better-sqlite3';
import { backUpNow, restore } from './backups.ts';
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
  /** The run before ended without a goodbye: the whole database is looked through. */
  afterCrash?: boolean;
}

/**
 * Opens the daemon's memory. Throws `setup.database` rather than starting with less than was there before.
 */
export function openStore(options: StoreOptions) {
  const { db, restoredFrom } = openDatabase(options);
  return {
    /** When the backup was made that had to take the database's place; undefined where all is well. */
    restoredFrom,
    /** Makes a copy of everything, unless the last one is younger. */
    backUp: (maxAgeMs: number): void => backUpNow(db, options.backups, { now: options.now(), maxAgeMs }),
    jobs: openJobs(db),
    steps: openSteps(db),
    checkpoints: openCheckpoints(db, options.now),
    records: openRecords(db),
    settings: openSettings(db),
    pairings: openPairings(db),
    payments: openPayments(db),
    processes: openProcesses(db),
    speeds: openSpeeds(db, options.now),
    /** Does everything fit together? For `uprez doctor`. */
    isSound: (): boolean => db.pragma('quick_check(1)', { simple: true }) === 'ok',
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

interface OpenDatabase {
  db: Database.Database;
  /** When the backup was made that took the place of a database that was damaged or gone. */
  restoredFrom: Date | undefined;
}

/** Rather the newest backup than nothing, and rather refused than empty as if there had never been anything. */
function openDatabase(options: StoreOptions): OpenDatabase {
  const { database, backups } = options;
  const replaced = isMissing(database) ? restore(database, backups) : undefined;
  try {
    return { db: openWhole(options), restoredFrom: replaced };
  } catch (error) {
    const restoredFrom = isDamage(error) ? restore(database, backups) : undefined;
    if (!restoredFrom) throw error;
    return { db: openWhole(options), restoredFrom };
  }
}

function isMissing(database: string): boolean {
  return (statSync(database, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

function isDamage(error: unknown): boolean {
  const cause = error instanceof AppError ? error.cause : undefined;
  return cause instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(cause.code);
}

/** Throws `setup.database`. */
function openWhole({ database, backups, afterCrash = false }: StoreOptions): Database.Database {
  let db: Database.Database | undefined;
  try {
    // Created before SQLite does, so that it and its companions are readable by the owner alone.
    closeSync(openSync(database, 'a', 0o600));
    db = new Database(database, { timeout: 5000 });
    prepare(db, afterCrash);
    migrate(db, { backups });
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof AppError) throw cause;
    throw new AppError('setup.database', { why: cause instanceof Error ? cause.message : 'unknown' }, { cause });
  }
}

function prepare(db: Database.Database, afterCrash: boolean): void {
  expectWhole(db, afterCrash);
  db.pragma('journal_mode = WAL');
  // better-sqlite3 is built with NORMAL for WAL, which may lose the last commits in a power cut.
  db.pragma('synchronous = FULL');
  // macOS: fsync alone leaves the data in the drive's cache.
  db.pragma('fullfsync = ON');
  db.pragma('checkpoint_fullfsync = ON');
  db.pragma('foreign_keys = ON');
}

/** After a crash everything is looked at, indexes too. */
function expectWhole(db: Database.Database, afterCrash: boolean): void {
  const check = (): unknown => db.pragma(afterCrash ? 'integrity_check(1)' : 'quick_check(1)', { simple: true });
  const found = check();
  if (found === 'ok' || isMendedByIndexing(db, check)) return;
  const cause = new Database.SqliteError(String(found), 'SQLITE_CORRUPT');
  throw new AppError('setup.database', { why: `it is damaged (${String(found)})` }, { cause });
}

/** Indexes can be made anew from the tables. Where more than they is wrong, nothing is changed. */
function isMendedByIndexing(db: Database.Database, check: () => unknown): boolean {
  try {
    db.exec('BEGIN; REINDEX');
    const mended = check() === 'ok';
    db.exec(mended ? 'COMMIT' : 'ROLLBACK');
    return mended;
  } catch {
    if (db.inTransaction) db.exec('ROLLBACK');
    return false;
  }
}
