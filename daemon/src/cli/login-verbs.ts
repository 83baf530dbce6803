import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '@uprez/shared';
import type { Config } from '../config.ts';
import { readEndpoint } from '../instance.ts';
import type { LoginItem, LoginState, LoginWay } from '../login/login-item.ts';
import { connectToRunning } from './connect.ts';
import { stop } from './house-verbs.ts';
import type { Terminal } from './terminal.ts';

/** Says whether Uprez starts with the user's session, after changing it where that is asked for. */
export function autostart(
  login: LoginItem | undefined,
  { action, way }: { action: 'on' | 'off' | 'status'; way: LoginWay },
  terminal: Terminal,
): void {
  if (!login) throw new AppError('setup.login-item', { why: 'this system has no such thing' });
  if (action === 'on') login.turnOn(way);
  if (action === 'off') login.turnOff();
  terminal.out(stateLine(login.state()));
}

/** Ends the daemon with everything it started, undoes autostart, and says what stays. */
export async function uninstall(config: Config, login: LoginItem | undefined, terminal: Terminal): Promise<void> {
  terminal.note((await endDaemon(config)) ? 'The daemon is stopped.' : 'No daemon was running.');
  login?.turnOff();
  terminal.note('Uprez does not start with your session.');
  const { data, config: settings, log } = config.paths;
  terminal.note('What stays until you delete it: your results, and settings, list of jobs, models and log in');
  for (const folder of new Set([data, settings, log])) terminal.out(folder);
  terminal.note('An API key in the keychain goes with `key remove`, which has to come before.');
}

/** False where none was running. Resolves when its process is gone, and with it all that it started. */
async function endDaemon(config: Config): Promise<boolean> {
  const pid = readEndpoint(config.paths.endpointFile)?.pid;
  try {
    await using connection = await connectToRunning(config);
    await stop(connection.client);
  } catch (error) {
    if (error instanceof AppError && error.code === 'daemon.not-running') return false;
    throw error;
  }
  if (pid !== undefined) await untilGone(pid);
  return true;
}

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await pause(20);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function stateLine({ way, place }: LoginState): string {
  if (way === null) return 'Uprez does not start with your session. To change that, type: uprez autostart on';
  const by = way === 'service' ? 'by systemd' : 'with your desktop';
  return `Uprez starts with your session, ${by}: ${place}`;
}
