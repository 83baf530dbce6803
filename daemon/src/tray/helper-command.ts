import { existsSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { HelperCommand } from './helper-process.ts';

export interface Desktop {
  platform: NodeJS.Platform;
  /** Node, as it runs here. */
  node: string;
  /** Folder of the built programs. */
  programs: string;
  /** What of the environment says where the desktop is. */
  env: Readonly<Record<string, string>>;
}

/** How the tray's helper is started here; undefined where there is no desktop to show it on. */
export function helperCommand(desktop: Desktop): HelperCommand | undefined {
  const { platform, programs, env } = desktop;
  switch (platform) {
    case 'linux':
      return hasSessionBus(env) ? { file: desktop.node, args: [posix.join(programs, 'tray.mjs')], env } : undefined;
    case 'darwin':
      return { file: '/usr/bin/osascript', args: ['-l', 'JavaScript', posix.join(programs, 'tray-macos.js')], env };
    case 'win32':
      return powershell(win32.join(programs, 'tray-windows.ps1'), env);
    default:
      return undefined;
  }
}

/** Windows PowerShell 5.1 comes with every Windows; by its full path, so that no other program takes its place. */
function powershell(script: string, env: Desktop['env']): HelperCommand {
  const root = env['SystemRoot'] ?? 'C:\\Windows';
  const file = win32.join(root, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
  // -STA: what Windows Forms needs. Bypass: the script is a file of ours, and unsigned.
  return { file, args: ['-NoProfile', '-NoLogo', '-STA', '-ExecutionPolicy', 'Bypass', '-File', script], env };
}

function hasSessionBus(env: Desktop['env']): boolean {
  if (env['DBUS_SESSION_BUS_ADDRESS']) return true;
  const folder = env['XDG_RUNTIME_DIR'];
  return folder !== undefined && existsSync(posix.join(folder, 'bus'));
}
