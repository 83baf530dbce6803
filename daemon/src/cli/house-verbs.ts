import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type DaemonClient, Settings, SettingsPatch } from '@uprez/shared';
import { strToU8, zipSync } from 'fflate';
import type { Connection } from './connect.ts';
import { healthLines } from './print.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/**
 * Says where the dashboard is and, if the daemon is ours, keeps it running until it is asked to stop. Resolves to `again`
 * when the daemon of another command has ended and one of our own is due.
 */
export async function serve(
  { client, own, lasting }: Connection,
  stopped: Promise<unknown>,
  terminal: Terminal,
): Promise<'done' | 'again'> {
  const { url } = await client.call('openDashboard', {});
  terminal.note(own ? 'Uprez is running. Ctrl-C stops it.' : 'Uprez is already running.');
  for (const { message, next } of client.view.notices) terminal.note(`${message} ${next}`);
  terminal.note('Dashboard (the link works once and for a minute; start again for another):');
  terminal.out(url);
  if (own) {
    using _tray = own.showTray?.(client);
    await Promise.race([stopped, own.stopRequested]);
    terminal.note('Stopping. Unfinished jobs go on at the next start.');
    return 'done';
  }
  if (lasting) return 'done';
  terminal.note('It belongs to another command; this one takes over when that ends.');
  return Promise.race([stopped.then(() => 'done' as const), client.closed.then(() => 'again' as const)]);
}

/** Exit code 1 when something is wrong. */
export async function doctor(client: DaemonClient, json: boolean, terminal: Terminal): Promise<number> {
  const health = await client.call('getHealth', {});
  for (const line of json ? [JSON.stringify(health)] : healthLines(health)) terminal.out(line);
  return health.checks.some(({ status }) => status === 'error') ? 1 : 0;
}

/** Writes a ZIP file of everything that helps others to find out what is wrong here; says what is in it. */
export async function diagnostics(client: DaemonClient, bundle: string | true, terminal: Terminal): Promise<void> {
  const files = await client.call('getDiagnostics', {});
  const path = resolve(bundle === true ? `uprez-diagnostics-${new Date().toISOString().slice(0, 10)}.zip` : bundle);
  const bytes = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
  // Never over something that is there already.
  await writeFile(path, zipSync(Object.fromEntries(bytes)), { flag: 'wx' }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`The bundle can't be written: ${why}. Give another name: --bundle <file>`, { cause });
  });
  terminal.note(`In it: ${Object.keys(files).join(', ')}. Keys, tokens and names of people are taken out.`);
  terminal.out(path);
}

/** Shows all settings, shows one, or changes one. */
export async function settings(
  client: DaemonClient,
  request: { key: string | undefined; value: string | undefined; json: boolean },
  terminal: Terminal,
): Promise<void> {
  const { key, value } = request;
  const all: Record<string, string | number | boolean | null> =
    key !== undefined && value !== undefined
      ? await client.call('changeSettings', patchOf(key, value))
      : await client.call('getSettings', {});
  if (key !== undefined && !(key in all)) throw unknownSetting(key);
  const shown = key === undefined ? all : { [key]: all[key] ?? null };
  if (request.json) terminal.out(JSON.stringify(shown));
  else for (const [name, content] of Object.entries(shown)) terminal.out(`${name} = ${content ?? 'none'}`);
}

export async function pair(client: DaemonClient, terminal: Terminal): Promise<void> {
  const { code, expiresAt } = await client.call('offerPairing', {});
  terminal.note(`Type this code in the panel; it is good until ${new Date(expiresAt).toLocaleTimeString()}:`);
  terminal.out(code);
}

/** Resolves when the daemon is gone. */
export async function stop(client: DaemonClient): Promise<void> {
  await client.call('shutdown', {});
  await client.closed;
}

function patchOf(key: string, text: string): SettingsPatch {
  if (!(key in Settings.shape)) throw unknownSetting(key);
  // "2", "true" and "none" mean a number, a truth value and nothing; everything else is text.
  for (const value of [literal(text), text]) {
    const patch = SettingsPatch.safeParse({ [key]: value });
    if (patch.success) return patch.data;
  }
  throw new UsageError(`“${text}” is not possible for ${key}.`);
}

function literal(text: string): unknown {
  if (text === 'none') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function unknownSetting(key: string): UsageError {
  return new UsageError(`There is no setting “${key}”. There are: ${Object.keys(Settings.shape).join(', ')}.`);
}
