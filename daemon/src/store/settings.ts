import { Settings, type SettingsPatch } from '@uprez/shared';
import type { Database } from 'better-sqlite3';

const sql = {
  all: 'SELECT name, value FROM settings',
  put: 'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
} as const;

/** The user's settings, one row each; what was never set follows the defaults. */
export function openSettings(db: Database) {
  const all = db.prepare<[], { name: string; value: string }>(sql.all);
  const put = db.prepare(sql.put);
  const read = (): Settings =>
    Settings.parse(Object.fromEntries(all.all().map((row) => [row.name, JSON.parse(row.value) as unknown])));

  const change = db.transaction((patch: SettingsPatch): Settings => {
    for (const [name, value] of Object.entries(patch)) if (value !== undefined) put.run(name, JSON.stringify(value));
    return read();
  });

  return { read, change: (patch: SettingsPatch): Settings => change(patch) };
}
