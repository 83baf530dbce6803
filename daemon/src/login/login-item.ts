import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { AppError } from '@uprez/shared';
import type { Surroundings } from '../paths.ts';
import { AGENT_LABEL, desktopEntry, type Launch, launchAgent, runCommand, systemdUnit } from './login-files.ts';

/** `service`: without a desktop, by the user's systemd. */
export type LoginWay = 'desktop' | 'service';

export interface LoginState {
  /** In which way Uprez starts with the user's session; null: it does not. */
  way: LoginWay | null;
  /** The file, link or registry value that says so. */
  place: string;
}

/** Whether Uprez starts with the user's session. What is written down in the system is the only truth about it. */
export interface LoginItem {
  state(): LoginState;
  /** Throws `setup.login-item`. */
  turnOn(way: LoginWay): void;
  /** Removes every trace of it. Throws `setup.login-item`. */
  turnOff(): void;
}

/** The login item of this system; undefined where there is no such thing. */
export function openLoginItem(surroundings: Surroundings, launch: Launch): LoginItem | undefined {
  switch (surroundings.platform) {
    case 'linux':
      return onLinux(surroundings, launch);
    case 'darwin':
      return onMacos(surroundings, launch);
    case 'win32':
      return onWindows(surroundings, launch);
    default:
      return undefined;
  }
}

function onLinux({ home, env }: Surroundings, launch: Launch): LoginItem {
  const given = env['XDG_CONFIG_HOME'];
  const config = given?.startsWith('/') ? given : posix.join(home, '.config');
  const entry = posix.join(config, 'autostart', 'uprez.desktop');
  const unit = posix.join(config, 'systemd', 'user', 'uprez.service');
  // What `systemctl --user enable` would write.
  const wanted = posix.join(config, 'systemd', 'user', 'default.target.wants', 'uprez.service');
  const turnOff = (): void => guarded(() => [entry, wanted, unit].forEach((file) => rmSync(file, { force: true })));
  return {
    state: () => {
      if (isThere(wanted)) return { way: 'service', place: wanted };
      return { way: existsSync(entry) ? 'desktop' : null, place: entry };
    },
    turnOn: (way) => {
      turnOff();
      guarded(() => {
        if (way === 'desktop') return writeWhole(entry, desktopEntry(launch));
        writeWhole(unit, systemdUnit(launch));
        mkdirSync(posix.dirname(wanted), { recursive: true });
        symlinkSync(unit, wanted);
      });
    },
    turnOff,
  };
}

function onMacos({ home }: Surroundings, launch: Launch): LoginItem {
  const file = posix.join(home, 'Library', 'LaunchAgents', `${AGENT_LABEL}.plist`);
  return {
    state: () => ({ way: existsSync(file) ? 'desktop' : null, place: file }),
    // It is read at the next login; loading it now would start a second daemon.
    turnOn: () => guarded(() => writeWhole(file, launchAgent(launch))),
    turnOff: () => guarded(() => rmSync(file, { force: true })),
  };
}

/** Programs of the console would open a window; this one runs them without (Windows 10 1809 and later). */
function withoutWindow({ file, args }: Launch, root: string): Launch {
  return { file: win32.join(root, 'System32', 'conhost.exe'), args: ['--headless', file, ...args] };
}

const RUN_KEY = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run';

function onWindows({ env }: Surroundings, launch: Launch): LoginItem {
  const root = env['SystemRoot'] ?? 'C:\\Windows';
  const reg = win32.join(root, 'System32', 'reg.exe');
  const command = runCommand(withoutWindow(launch, root));
  const ask = (...args: string[]): void => void execFileSync(reg, args, { stdio: 'ignore', windowsHide: true });
  const isOn = (): boolean => {
    try {
      ask('query', RUN_KEY, '/v', 'Uprez');
      return true;
    } catch {
      return false;
    }
  };
  return {
    state: () => ({ way: isOn() ? 'desktop' : null, place: `${RUN_KEY}\\Uprez` }),
    turnOn: () => guarded(() => ask('add', RUN_KEY, '/v', 'Uprez', '/t', 'REG_SZ', '/d', command, '/f')),
    turnOff: () => guarded(() => void (isOn() && ask('delete', RUN_KEY, '/v', 'Uprez', '/f'))),
  };
}

/** A link counts even where what it leads to is gone. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Exchanged whole: half a file could start half a program. */
function writeWhole(file: string, text: string): void {
  mkdirSync(posix.dirname(file), { recursive: true });
  writeFileSync(`${file}.partial`, text);
  renameSync(`${file}.partial`, file);
}

function guarded(work: () => void): void {
  try {
    work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('setup.login-item', { why }, { cause });
  }
}
