import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MessageBus } from '@jellybrick/dbus-next';
import { callBus } from './bus.ts';
import { pickByPortal } from './portal.ts';

/** Opens a page in the user's browser. */
export async function open(url: string): Promise<void> {
  await run('xdg-open', [url]);
}

/** Shows a file in the file manager, or at least its folder. */
export async function reveal(bus: MessageBus, path: string): Promise<void> {
  const name = 'org.freedesktop.FileManager1';
  const target = { destination: name, path: '/org/freedesktop/FileManager1', interface: name };
  const call = { member: 'ShowItems', signature: 'ass', body: [[pathToFileURL(path).href], ''] };
  await callBus(bus, target, call).catch(() => run('xdg-open', [dirname(path)]));
}

/** Programs that fill the clipboard, of Wayland and of X. */
const clipboards = [
  ['wl-copy', []],
  ['xclip', ['-selection', 'clipboard']],
  ['xsel', ['--clipboard', '--input']],
] as const;

/** False where there is no way to the clipboard. */
export async function copy(text: string): Promise<boolean> {
  for (const [program, args] of clipboards) if ((await run(program, args, text)).code === 0) return true;
  return false;
}

/** Undefined where nothing here can ask for files. */
export async function pick(bus: MessageBus, title: string): Promise<string[] | undefined> {
  const chosen = await pickByPortal(bus, title);
  if (chosen) return chosen;
  const dialogs = [
    ['zenity', ['--file-selection', '--multiple', '--separator=\n', `--title=${title}`]],
    ['kdialog', ['--getopenfilename', '--multiple', '--separate-output', '--title', title, '.']],
  ] as const;
  for (const [program, args] of dialogs) {
    const { code, stdout } = await run(program, args);
    // 1: cancelled.
    if (code === 0 || code === 1) return stdout.split('\n').filter(Boolean);
  }
  return undefined;
}

/** `code` is null where the program is not there or was killed. */
function run(program: string, args: readonly string[], input = ''): Promise<{ code: number | null; stdout: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stdin.on('error', () => {}).end(input);
    child.once('error', () => resolve({ code: null, stdout: '' }));
    // Not `close`: what puts itself into the background (wl-copy, a browser) keeps the pipes open.
    child.once('exit', (code) => setImmediate(() => resolve({ code, stdout })));
  });
}
