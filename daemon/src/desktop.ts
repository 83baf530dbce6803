import { spawn } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { AppError } from '@uprez/shared';

/** The system, and where its programs are looked for. */
export interface Desktop {
  platform: NodeJS.Platform;
  searchPath: string;
}

/** What can be shown outside of Uprez. No shell is involved. */
export function shows(desktop: Desktop) {
  return {
    /**
     * Shows a file in the file manager; on Linux, whose file managers share no way to select one, its folder.
     * Throws `input.missing`, `daemon.no-file-manager`.
     */
    reveal: async (path: string): Promise<void> => {
      await stat(path).catch((cause: unknown) => {
        throw new AppError('input.missing', { file: basename(path) }, { cause });
      });
      if (!(await run(fileManager(path, desktop.platform), desktop)))
        throw new AppError('daemon.no-file-manager', { path });
    },
    /** Opens an address in the browser. Throws `daemon.no-browser`. */
    browse: async (url: string): Promise<void> => {
      if (!(await run(browser(url, desktop.platform), desktop))) throw new AppError('daemon.no-browser', { url });
    },
  };
}

interface Command {
  program: string;
  args: string[];
  /** Windows: the arguments are quoted already. */
  verbatim?: boolean;
}

function fileManager(path: string, platform: NodeJS.Platform): Command {
  if (platform === 'darwin') return { program: 'open', args: ['-R', path] };
  if (platform !== 'win32') return { program: 'xdg-open', args: [dirname(path)] };
  // Explorer wants the quotes behind the comma, where Node would not put them; names on Windows can't hold any.
  return { program: 'explorer.exe', args: [`/select,"${path}"`], verbatim: true };
}

function browser(url: string, platform: NodeJS.Platform): Command {
  if (platform === 'darwin') return { program: 'open', args: [url] };
  if (platform !== 'win32') return { program: 'xdg-open', args: [url] };
  return { program: 'rundll32.exe', args: ['url.dll,FileProtocolHandler', url] };
}

/** Resolves to whether the program runs. What becomes of it nobody waits for: Explorer's exit code says nothing. */
async function run({ program, args, verbatim = false }: Command, { searchPath }: Desktop): Promise<boolean> {
  const path = await find(program, searchPath);
  if (path === undefined) return false;
  return new Promise((resolve) => {
    const child = spawn(path, args, { detached: true, stdio: 'ignore', windowsVerbatimArguments: verbatim });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

async function find(program: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter).filter(Boolean)) {
    const path = join(folder, program);
    const executable = access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (await executable) return path;
  }
  return undefined;
}
