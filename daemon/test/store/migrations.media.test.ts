import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { migrate, migrations } from '../../src/store/migrations.ts';
import { openStore } from '../../src/store/store.ts';
import { codeOf } from '../support/errors.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

const now = (): number => 0;
const places = (folder: TempDir) => ({ database: folder.file('uprez.db'), backups: folder.file('backups') });
const version = (db: Database.Database): unknown => db.pragma('user_version', { simple: true });

describe('the database', () => {
  it('keeps what is in it from one start to the next', () => {
    using folder = tempDir();
    {
      using store = openStore({ ...places(folder), now });
      store.settings.change({ scale: 4 });
    }
    using again = openStore({ ...places(folder), now });
    expect(again.settings.read().scale).toBe(4);
  });

  it('is readable by its owner alone', () => {
    using folder = tempDir();
    using _store = openStore({ ...places(folder), now });
    expect(statSync(folder.file('uprez.db')).mode & 0o777).toBe(0o600);
    expect(statSync(folder.file('uprez.db-wal')).mode & 0o777).toBe(0o600);
  });

  it('survives power cuts: it waits for the disk at every commit', () => {
    using folder = tempDir();
    using store = openStore({ ...places(folder), now });
    expect(store.durability()).toEqual({ journal: 'wal', synchronous: 2, foreignKeys: 1 });
  });

  it('is refused when it is damaged, and left as it is', async () => {
    using folder = tempDir();
    const bytes = Buffer.alloc(8192, 'not a database ');
    writeFileSync(folder.file('uprez.db'), bytes);
    expect(await codeOf(() => openStore({ ...places(folder), now }))).toBe('setup.database');
    expect(readFileSync(folder.file('uprez.db')).equals(bytes)).toBe(true);
  });

  it('is refused when it belongs to another program', async () => {
    using folder = tempDir();
    const other = new Database(folder.file('uprez.db'));
    other.exec('CREATE TABLE recipes (name TEXT)');
    other.close();
    expect(await codeOf(() => openStore({ ...places(folder), now }))).toBe('setup.database');
  });

  it('is refused when a newer version wrote it', () => {
    using folder = tempDir();
    openStore({ ...places(folder), now })[Symbol.dispose]();
    const db = new Database(folder.file('uprez.db'));
    db.pragma('user_version = 99');
    db.close();
    expect(() => openStore({ ...places(folder), now })).toThrow(/newer Uprez/);
  });
});

describe('a migration', () => {
  const newest = migrations.length;
  const second = 'ALTER TABLE pairings ADD COLUMN colour TEXT';

  it('is done once, after a backup of the old database', () => {
    using folder = tempDir();
    const { database, backups } = places(folder);
    openStore({ database, backups, now })[Symbol.dispose]();
    const db = new Database(database);
    db.exec(`INSERT INTO settings (name, value) VALUES ('scale', '4')`);
    migrate(db, { backups, steps: [...migrations, second] });
    migrate(db, { backups, steps: [...migrations, second] });
    expect(version(db)).toBe(newest + 1);
    expect(readdirSync(backups)).toEqual([`uprez-version-${newest}.db`]);
    db.close();
    const backup = new Database(folder.file('backups', `uprez-version-${newest}.db`), { readonly: true });
    expect(version(backup)).toBe(newest);
    expect(backup.prepare('SELECT value FROM settings').pluck().get()).toBe('4');
    backup.close();
  });

  it('that fails leaves the database at its old version', () => {
    using folder = tempDir();
    const { database, backups } = places(folder);
    openStore({ database, backups, now })[Symbol.dispose]();
    const db = new Database(database);
    const steps = [...migrations, second, 'CREATE TABLE broken ('];
    expect(() => migrate(db, { backups, steps })).toThrow();
    expect(version(db)).toBe(newest);
    expect(db.pragma('table_info(pairings)')).toHaveLength(5);
    db.close();
  });

  it('makes no backup of nothing', () => {
    using folder = tempDir();
    const { database, backups } = places(folder);
    const db = new Database(database);
    migrate(db, { backups });
    expect(() => readdirSync(backups)).toThrow();
    db.close();
  });
});
