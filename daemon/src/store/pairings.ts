import type { Pairing } from '@uprez/shared';
import type { Database } from 'better-sqlite3';

const columns = 'id, name, created_at AS createdAt, last_seen_at AS lastSeenAt';

const sql = {
  add: 'INSERT INTO pairings (id, name, secret, created_at) VALUES (@id, @name, @secret, @createdAt)',
  list: `SELECT ${columns} FROM pairings ORDER BY created_at`,
  secret: 'SELECT secret FROM pairings WHERE id = ?',
  seen: 'UPDATE pairings SET last_seen_at = @at WHERE id = @id',
  remove: 'DELETE FROM pairings WHERE id = ?',
} as const;

/** Clients that paired by code and may come back. */
export function openPairings(db: Database) {
  const add = db.prepare(sql.add);
  const list = db.prepare<[], Pairing>(sql.list);
  const secret = db.prepare<[string], string>(sql.secret).pluck();
  const seen = db.prepare(sql.seen);
  const remove = db.prepare(sql.remove);

  return {
    add: (pairing: { id: string; name: string; secret: string; createdAt: number }): void => void add.run(pairing),
    list: (): Pairing[] => list.all(),
    secret: (id: string): string | undefined => secret.get(id),
    seen: (id: string, at: number): void => void seen.run({ id, at }),
    remove: (id: string): void => void remove.run(id),
  };
}

export type PairingTable = ReturnType<typeof openPairings>;
