import { mkdirSync } from 'node:fs';
import { posix, win32 } from 'node:path';

/** Every folder and file the daemon touches on its own account (results and partial files lie with the user's clips). */
export interface Paths {
  readonly data: string;
  readonly config: string;
  readonly log: string;
  readonly work: string;
  readonly database: string;
  readonly backups: string;
  /** Networks that the user added. */
  readonly models: string;
  /** Clips that came by upload, and what became of them where the user has no folder for results. */
  readonly uploads: string;
  readonly results: string;
  /** Single frames of jobs, kept as long as their jobs. */
  readonly stills: string;
  readonly lockFile: string;
  /** There while the daemon runs, and after one that did not end well. */
  readonly runMark: string;
  /** Tells clients of the same user where the daemon listens and how to prove themselves. */
  readonly endpointFile: string;
  /** API keys, where there is no keychain. */
  readonly keyFile: string;
  readonly configFile: string;
  readonly logFile: string;
}

/** What decides about folders; `env` holds the variables of the platform's own convention. */
export interface Surroundings {
  platform: NodeJS.Platform;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
}

interface Folders {
  data: string;
  config: string;
  log: string;
  work: string;
}

/** Paths by the platform's convention, or all of them below `dataDir`. */
export function pathsFor(surroundings: Surroundings, dataDir: string | null = null): Paths {
  const { join } = surroundings.platform === 'win32' ? win32 : posix;
  const folders = dataDir === null ? conventional(surroundings) : below(dataDir, join);
  return {
    ...folders,
    database: join(folders.data, 'uprez.db'),
    backups: join(folders.data, 'backups'),
    models: join(folders.data, 'models'),
    uploads: join(folders.data, 'uploads'),
    results: join(folders.data, 'results'),
    stills: join(folders.data, 'stills'),
    lockFile: join(folders.data, 'instance.lock'),
    runMark: join(folders.data, 'run.json'),
    endpointFile: join(folders.data, 'endpoint.json'),
    keyFile: join(folders.data, 'keys.json'),
    configFile: join(folders.config, 'config.json'),
    logFile: join(folders.log, 'uprez.log'),
  };
}

/** Creates the folders, readable by the user alone. */
export function makeFolders(paths: Paths): void {
  for (const folder of [paths.data, paths.config, paths.log, paths.work, paths.backups])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
}

function conventional({ platform, home, env }: Surroundings): Folders {
  if (platform === 'win32') return windows(env['LOCALAPPDATA'] ?? win32.join(home, 'AppData', 'Local'));
  if (platform === 'darwin') return macos(posix.join(home, 'Library'));
  const xdg = (name: string, fallback: string): string => {
    const value = env[name];
    // The XDG specification: a relative path is invalid and must be ignored.
    return posix.join(value?.startsWith('/') ? value : posix.join(home, fallback), 'uprez');
  };
  const data = xdg('XDG_DATA_HOME', '.local/share');
  return {
    data,
    config: xdg('XDG_CONFIG_HOME', '.config'),
    log: posix.join(xdg('XDG_STATE_HOME', '.local/state'), 'log'),
    work: posix.join(data, 'work'),
  };
}

function windows(local: string): Folders {
  return below(win32.join(local, 'Uprez'), win32.join);
}

/** Not ~/Library/Caches: macOS may empty that while a job waits to be resumed. */
function macos(library: string): Folders {
  const data = posix.join(library, 'Application Support', 'Uprez');
  return { data, config: data, log: posix.join(library, 'Logs', 'Uprez'), work: posix.join(data, 'work') };
}

function below(folder: string, join: typeof posix.join): Folders {
  return { data: folder, config: folder, log: join(folder, 'log'), work: join(folder, 'work') };
}
