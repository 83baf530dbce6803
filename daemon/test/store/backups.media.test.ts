import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { codeOf } from '../support/errors.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

const HOUR = 3_600_000;
const start = Date.now();

const open = (folder: TempDir, change: { at?: number; afterCrash?: boolean } = {}) =>
  openStore({
    database: folder.file('uprez.db'),
    backups: folder.file('backups'),
    now: () => change.at ?? start,
    afterCrash: change.afterCrash ?? false,
  });

/** A database with one setting, and a backup of it. */
function withBackup(folder: TempDir): void {
  using store = open(folder);
  store.settings.change({ scale: 4 });
  store.backUp(0);
}

describe('a backup', () => {
  it('is made when the last one is old enough, and four are kept', () => {
    using folder = tempDir();
    for (let hour = 0; hour < 60; hour += 1) {
      using store = open(folder, { at: start + hour * HOUR });
      store.backUp(6 * HOUR);
    }
    const names = readdirSync(folder.file('backups'));
    expect(names).toHaveLength(4);
    expect(names.every((name) => /^uprez-\d{4}-.*\.db$/.test(name))).toBe(true);
  });

  it('holds everything of a database in use, and is readable by its owner alone', () => {
    using folder = tempDir();
    withBackup(folder);
    const [name = ''] = readdirSync(folder.file('backups'));
    expect(statSync(folder.file('backups', name)).mode & 0o777).toBe(0o600);
    const copy = new Database(folder.file('backups', name), { readonly: true });
    expect(copy.prepare(`SELECT value FROM settings WHERE name = 'scale'`).pluck().get()).toBe('4');
    copy.close();
  });
});

describe('a database', () => {
  it.each([
    ['overwritten', (file: string) => writeFileSync(file, Buffer.alloc(20_000, 'x'))],
    ['cut off in the middle of a page', (file: string) => truncateSync(file, 5000)],
    ['deleted', (file: string) => rmSync(file)],
    ['emptied', (file: string) => truncateSync(file, 0)],
  ])('that was %s is replaced by its backup, and says so', (_, damage) => {
    using folder = tempDir();
    withBackup(folder);
    damage(folder.file('uprez.db'));
    using store = open(folder);
    expect(store.restoredFrom).toBeInstanceOf(Date);
    expect(store.settings.read().scale).toBe(4);
  });

  it('that was damaged stays beside the restored one', () => {
    using folder = tempDir();
    withBackup(folder);
    const rubbish = Buffer.alloc(20_000, 'x');
    writeFileSync(folder.file('uprez.db'), rubbish);
    using _store = open(folder);
    expect(readFileSync(folder.file('uprez.db.damaged-1')).equals(rubbish)).toBe(true);
  });

  it('is not replaced by a backup that is damaged itself: by an older one, or by none', async () => {
    using folder = tempDir();
    withBackup(folder);
    const [whole = ''] = readdirSync(folder.file('backups'));
    writeFileSync(folder.file('backups', 'uprez-9999-damaged.db'), Buffer.alloc(20_000, 'y'));
    const rubbish = Buffer.alloc(20_000, 'x');
    writeFileSync(folder.file('uprez.db'), rubbish);
    {
      using store = open(folder);
      expect(store.settings.read().scale).toBe(4);
    }
    rmSync(folder.file('backups', whole));
    writeFileSync(folder.file('uprez.db'), rubbish);
    expect(await codeOf(() => open(folder))).toBe('setup.database');
    expect(readFileSync(folder.file('uprez.db')).equals(rubbish)).toBe(true);
  });

  it('is looked through after a crash, indexes too', () => {
    using folder = tempDir();
    withBackup(folder);
    spoilIndex(folder.file('uprez.db'));
    using store = open(folder, { afterCrash: true });
    expect(store.restoredFrom).toBeUndefined();
    store[Symbol.dispose]();
    const db = new Database(folder.file('uprez.db'));
    expect(db.pragma('integrity_check(1)', { simple: true })).toBe('ok');
    db.close();
  });
});

/** A wrong letter in the index of jobs by state, as a lost write leaves it: in order by itself, and not what the table says. */
function spoilIndex(file: string): void {
  const db = new Database(file);
  db.exec(`INSERT INTO jobs (id, position, fingerprint, state, task, media, estimate, created_at, delivery, revision)
    VALUES ('a', 1, 'f', 'failed', '{"source":"/a","backend":"local","model":"fast","scale":2,"range":{"from":0,"to":null}}',
      '{"width":1,"height":1}', '{"frames":1}', 0, 'none', 1)`);
  db.pragma('wal_checkpoint(TRUNCATE)');
  const page = Number(db.prepare(`SELECT rootpage FROM sqlite_schema WHERE name = 'jobs_by_state'`).pluck().get());
  const size = Number(db.pragma('page_size', { simple: true }));
  db.close();
  const place = readFileSync(file).indexOf('failed', (page - 1) * size);
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.from('g'), 0, 1, place);
  closeSync(descriptor);
}
