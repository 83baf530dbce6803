import { join } from 'node:path';
import { AppError } from '@uprez/shared';
import type { Database } from 'better-sqlite3';
import { backUp } from './backups.ts';
import { paymentSchema } from './payment-schema.ts';
import { schema1, schema2, waitingSchema } from './schema.ts';
import { speedSchema } from './speeds.ts';
import { warningSchema } from './warnings.ts';

/** Step n brings a database of version n - 1 to version n. Steps that were released never change. */
export const migrations: readonly string[] = [
  schema1,
  schema2,
  paymentSchema,
  speedSchema,
  waitingSchema,
  warningSchema,
];

/** "Uprz", so that a database of another program is never taken for ours. */
const APPLICATION_ID = 0x5570727a;

export interface MigrationOptions {
  backups: string;
  steps?: readonly string[];
}

/**
 * Brings the database to the newest version, all steps in one transaction, after a backup of what is there.
 * Throws `setup.database`.
 */
export function migrate(db: Database, { backups, steps = migrations }: MigrationOptions): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  refuseStrangers(db, version, steps.length);
  if (version === steps.length) return;
  if (version > 0) backUp(db, join(backups, `uprez-version-${version}.db`));
  db.transaction(() => {
    for (const step of steps.slice(version)) db.exec(step);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${steps.length}`);
  }).exclusive();
}

function refuseStrangers(db: Database, version: number, newest: number): void {
  const owner = Number(db.pragma('application_id', { simple: true }));
  const tables = Number(db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
  const isNew = owner === 0 && version === 0 && tables === 0;
  if (owner !== APPLICATION_ID && !isNew)
    throw new AppError('setup.database', { why: 'the file belongs to another program' });
  if (version > newest)
    throw new AppError('setup.database', { why: `it was written by a newer Uprez (version ${version})` });
}
