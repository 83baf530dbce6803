import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** Backups that are kept besides those from before migrations. */
const KEPT = 4;
const DATED = /^uprez-\d{4}-.*\.db$/;

/** Writes a copy of a database in use, as it is at this moment. The name is only there when the copy is whole. */
export function backUp(db: Database.Database, file: string): void {
  const partial = `${file}.partial`;
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  rmSync(partial, { force: true });
  // It holds the secrets of pairings; SQLite takes an empty file as it is, with its permissions.
  closeSync(openSync(partial, 'wx', 0o600));
  db.prepare('VACUUM INTO ?').run(partial);
  syncFile(partial);
  renameSync(partial, file);
}

/** Makes a copy unless the last one is younger than `maxAgeMs`, and lets the oldest go. */
export function backUpNow(db: Database.Database, folder: string, at: { now: number; maxAgeMs: number }): void {
  const last = dated(folder).at(-1);
  if (last && Math.abs(at.now - statSync(join(folder, last)).mtimeMs) < at.maxAgeMs) return;
  const stamp = new Date(at.now).toISOString().replace(/[:.]/g, '-');
  backUp(db, join(folder, `uprez-${stamp}.db`));
  for (const name of dated(folder).slice(0, -KEPT)) rmSync(join(folder, name), { force: true });
}

/** Names of the dated backups, the oldest first. */
function dated(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => DATED.test(name))
    .sort();
}

/**
 * Puts the newest backup that is whole in the place of a database that is damaged or gone, and keeps the damaged one beside
 * it. Returns when the backup was made, or undefined where there is none; then nothing has changed.
 */
export function restore(database: string, folder: string): Date | undefined {
  const best = wholeBackups(folder)[0];
  if (!best) return undefined;
  const draft = `${database}.restored`;
  copyFileSync(best.path, draft);
  syncFile(draft);
  for (const ending of ['', '-wal', '-shm']) setAside(`${database}${ending}`);
  renameSync(draft, database);
  return best.at;
}

function wholeBackups(folder: string): { path: string; at: Date }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.db'))
    .map((name) => ({ path: join(folder, name), at: statSync(join(folder, name)).mtime }))
    .filter(({ path }) => isWhole(path))
    .sort((a, b) => b.at.getTime() - a.at.getTime());
}

function isWhole(path: string): boolean {
  try {
    const db = new Database(path, { readonly: true });
    try {
      return db.pragma('integrity_check(1)', { simple: true }) === 'ok';
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}

/** Under a name of its own, so that a second accident does not take the first one's remains. */
function setAside(file: string): void {
  if (!existsSync(file)) return;
  if (statSync(file).size === 0) return rmSync(file);
  for (let number = 1; ; number++) {
    const aside = `${file}.damaged-${number}`;
    if (!existsSync(aside)) return renameSync(file, aside);
  }
}

function syncFile(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
