import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import Database from 'better-sqlite3';
import { migrate, migrations } from '../../src/store/migrations.ts';
import { openStore } from '../../src/store/store.ts';
import type { Chance } from '../support/chance.ts';
import { codeOf } from '../support/errors.ts';
import { jobIn, openTestStore } from '../support/store.ts';
import { segmentOf } from '../support/tasks.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';

const SEGMENTS = 40;

/**
 * What a power cut leaves of the write-ahead log: everything up to the last sync, and of what came later any part, whole or
 * as rubbish. Every record that was promised before has to be there, and what is there has to fit together.
 */
export const powerCuts: Experiment = {
  id: 'R3',
  claim: 'Power cuts at every place of the database’s log: no promised record is lost, and none is half there',
  unit: 'states',
  volume: { full: 2000, short: 60 },
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    using folder = tempDir();
    const complaints = new Complaints();
    const promised = record(folder);
    for (let i = 0; i < volume; i++) {
      const cut = tearLog(folder, promised.at(-1)!, chance);
      const least = promised.filter((size) => size <= cut).length;
      using store = open(folder, 'torn.db');
      const [job] = store.jobs.all();
      const segments = job ? store.checkpoints.journal(job.id).segments() : [];
      complaints.expect(segments.length >= least, () => `cut at ${cut}: ${segments.length} of ${least} segments`);
      const fits = segments.every(({ index, frames }, n) => index === n && frames.length === 24);
      complaints.expect(fits, () => `cut at ${cut}: segments don't fit together`);
      if (i % 500 === 0) say(`${i + 1} states`);
    }
    return {
      done: volume,
      bad: complaints.list,
      notes: [`a log of ${SEGMENTS} segments; half of the cuts with rubbish behind them`],
    };
  },
};

export const databases: Experiment = {
  id: 'R11',
  claim:
    'Databases of every version, and databases with damaged pages: brought up to date, mended, restored or refused, never silently empty',
  unit: 'databases',
  volume: { full: 300, short: 24 },
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    using folder = tempDir();
    const complaints = new Complaints();
    const tally = { 'as before': 0, restored: 0, refused: 0 };
    for (let version = 1; version < migrations.length; version++) oldVersion(folder, version, complaints);
    const jobs = prepare(folder);
    for (let i = 0; i < volume; i++) {
      const withBackup = chance.fraction() < 0.7;
      damage(folder, chance, withBackup);
      const found = await openDamaged(folder);
      tally[found.outcome] += 1;
      const here = found.jobs === jobs || found.outcome === 'refused';
      complaints.expect(here, () => `${found.outcome} with ${found.jobs} of ${jobs} jobs`);
      complaints.expect(found.outcome !== 'refused' || !withBackup, () => 'refused in spite of a backup');
      if (i % 100 === 0) say(`${i + 1} databases`);
    }
    const notes = [`${migrations.length - 1} versions brought up to date`, JSON.stringify(tally)];
    return { done: volume + migrations.length - 1, bad: complaints.list, notes };
  },
};

function open(folder: TempDir, name: string) {
  return openStore({
    database: folder.file(name),
    backups: folder.file('backups'),
    now: () => Date.now(),
    afterCrash: true,
  });
}

/** A database whose log holds everything; returns the log's size after each promise. */
function record(folder: TempDir): number[] {
  using test = openTestStore();
  test.sql.pragma('wal_autocheckpoint = 0');
  const id = jobIn(test.queue, 'running');
  test.sql.pragma('wal_checkpoint(TRUNCATE)');
  const journal = test.store.checkpoints.journal(id);
  const sizes: number[] = [];
  for (let i = 0; i < SEGMENTS; i++) {
    journal.addSegment(segmentOf(i));
    sizes.push(statSync(`${test.database}-wal`).size);
  }
  copyFileSync(test.database, folder.file('whole.db'));
  copyFileSync(`${test.database}-wal`, folder.file('whole.db-wal'));
  return sizes;
}

/** Cuts the log anywhere, with or without rubbish up to its old length. Returns where. */
function tearLog(folder: TempDir, length: number, chance: Chance): number {
  for (const ending of ['-shm', '-wal', '']) rmSync(folder.file(`torn.db${ending}`), { force: true });
  const cut = Math.floor(chance.fraction() * length);
  const log = Buffer.from(readFileSync(folder.file('whole.db-wal')).subarray(0, length));
  if (chance.fraction() < 0.5) for (let i = cut; i < length; i++) log[i] = Math.floor(chance.fraction() * 256);
  copyFileSync(folder.file('whole.db'), folder.file('torn.db'));
  writeFileSync(folder.file('torn.db-wal'), log);
  if (chance.fraction() < 0.5) truncateSync(folder.file('torn.db-wal'), Math.max(cut, 0));
  return cut;
}

function oldVersion(folder: TempDir, version: number, complaints: Complaints): void {
  const name = `version-${version}.db`;
  const db = new Database(folder.file(name));
  migrate(db, { backups: folder.file('old'), steps: migrations.slice(0, version) });
  db.exec(`INSERT INTO settings (name, value) VALUES ('scale', '4')`);
  db.close();
  using store = openStore({ database: folder.file(name), backups: folder.file('old'), now: () => Date.now() });
  complaints.expect(store.settings.read().scale === 4, () => `version ${version} lost its settings`);
  complaints.expect(
    existsSync(folder.file('old', `uprez-version-${version}.db`)),
    () => `version ${version} has no backup`,
  );
}

/** A database with jobs, and its backup. Returns the number of jobs. */
function prepare(folder: TempDir): number {
  using test = openTestStore();
  for (const state of ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const)
    for (let i = 0; i < 6; i++) jobIn(test.queue, state);
  test.sql.prepare('VACUUM INTO ?').run(folder.file('good.db'));
  return test.queue.list().length;
}

function damage(folder: TempDir, chance: Chance, withBackup: boolean): void {
  rmSync(folder.file('backups'), { recursive: true, force: true });
  for (const ending of ['', '-wal', '-shm']) rmSync(folder.file(`damaged.db${ending}`), { force: true });
  const good = readFileSync(folder.file('good.db'));
  if (withBackup) {
    mkdirSync(folder.file('backups'));
    writeFileSync(folder.file('backups', 'uprez-2026-01-01T00-00-00-000Z.db'), good);
  }
  const bytes = Buffer.from(good);
  const place = (): number => Math.floor(chance.fraction() * bytes.length);
  const [from, to] = [place(), place()].sort((a, b) => a - b) as [number, number];
  const kind = chance.fraction();
  if (kind < 0.3) bytes.fill(0, from, Math.min(to, from + 8192));
  else for (let i = from; i < Math.min(to, from + 4096); i++) bytes[i] = Math.floor(chance.fraction() * 256);
  writeFileSync(folder.file('damaged.db'), kind > 0.8 ? bytes.subarray(0, from) : bytes);
}

async function openDamaged(folder: TempDir): Promise<{ outcome: 'as before' | 'restored' | 'refused'; jobs: number }> {
  let jobs = 0;
  let restored = false;
  const code = await codeOf(() => {
    using store = open(folder, 'damaged.db');
    jobs = store.jobs.all().length;
    restored = store.restoredFrom !== undefined;
  });
  if (code !== 'no error') return { outcome: 'refused', jobs };
  return { outcome: restored ? 'restored' : 'as before', jobs };
}
