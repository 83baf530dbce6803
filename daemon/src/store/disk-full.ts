import { dirname } from 'node:path';
import { AppError } from '@uprez/shared';
import Database from 'better-sqlite3';

/** Does work on the database. A full disk is something the user can do about, unlike SQLite's other complaints. */
export function sayingDiskFull<T>(db: Database.Database, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Database.SqliteError) || cause.code !== 'SQLITE_FULL') throw cause;
    throw new AppError('setup.disk-full', { folder: dirname(db.name), need: 'a little', free: 'nothing' }, { cause });
  }
}
