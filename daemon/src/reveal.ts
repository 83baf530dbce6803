import { spawn } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { AppError } from '@uprez/shared';

/** Where the file manager's program is looked for, and for which system. */
export interface Desktop {
  platform: NodeJS.Platform;
  searchPath: string;
}

/**
 * Shows a file in the file manager; on Linux, whose file managers share no way to select one, its folder. No shell is
 * involved. Throws `input.missing`, `daemon.no-file-manager`.
 */
export async function reveal(path: string, desktop: Desktop): Promise<void> {
  await stat(path).catch((cause: unknown) => {
    throw new AppError('input.missing', { file: basename(path) }, { cause });
  });
  const { program, args, verbatim } = commandFor(path, desktop.platform);
  const found = await find(program, desktop.searchPath);
  if (!found) throw new AppError('daemon.no-file-manager', { path });
  await start(found, { args, verbatim, path });
}

function commandFor(path: string, platform: NodeJS.Platform): { program: string; args: string[]; verbatim: boolean } {
  if (platform === 'darwin') return { program: 'open', args: ['-R', path], verbatim: false };
  if (platform !== 'win32') return { program: 'xdg-open', args: [dirname(path)], verbatim: false };
  // Explorer wants the quotes behind the comma, where Node would not put them; names on Windows can't hold any.
  return { program: 'explorer.exe', args: [`/select,"${path}"`], verbatim: true };
}

/** Resolves when the program runs; Explorer's exit code says nothing, so nobody waits for one. */
function start(
  program: string,
  { args, verbatim, path }: { args: string[]; verbatim: boolean; path: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { detached: true, stdio: 'ignore', windowsVerbatimArguments: verbatim });
    child.once('error', (cause) => reject(new AppError('daemon.no-file-manager', { path }, { cause })));
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}

async function find(program: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter).filter(Boolean)) {
    const path = join(folder, program);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}
