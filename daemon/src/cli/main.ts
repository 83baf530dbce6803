import { AppError, flatExport, LookId } from '@uprez/shared';
import { CommanderError } from 'commander';
import { type Config, type Flags, loadConfig } from '../config.ts';
import type { LoginItem } from '../login/login-item.ts';
import type { StartDaemon } from './connect.ts';
import { diagnostics, doctor, pair, serve, settings, stop } from './house-verbs.ts';
import { key } from './key-verb.ts';
import { autostart, uninstall } from './login-verbs.ts';
import { type CubeFlags, showLooks, writeLookCube } from './look-verbs.ts';
import {
  type AddFlags,
  addModel,
  type PullFlags,
  pullModel,
  removeModels,
  showModel,
  showModels,
} from './model-verbs.ts';
import type { UpscaleFlags } from './options.ts';
import { errorLine } from './print.ts';
import { createProgram, type Verbs } from './program.ts';
import { actOnJobs, setGoing, showJobs, watch } from './queue-verbs.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import { checkUpscale, upscale } from './upscale.ts';
import { UsageError } from './usage-error.ts';
import { waysToTheDaemon } from './ways.ts';

export interface CliParts {
  version: string;
  startDaemon: StartDaemon;
  /** Undefined where this system has no such thing. */
  loginItem: (config: Config) => LoginItem | undefined;
}

/** Runs one command line (without program name). Resolves to the exit code: 0, 1 failed, 2 wrong usage, 130 interrupted. */
export async function runCli(args: readonly string[], parts: CliParts): Promise<number> {
  const terminal = openTerminal();
  let exitCode = 0;
  const verbs = createVerbs({ ...parts, terminal, exit: (code) => (exitCode = code), flags: () => program.opts() });
  const program = createProgram(parts.version, verbs);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return failure(error, terminal);
  }
}

interface Surroundings extends CliParts {
  terminal: Terminal;
  exit(code: number): void;
  /** Flags that are understood before and after the verb. */
  flags(): Flags;
}

interface OutputFlags {
  json?: boolean;
}

function createVerbs({ terminal, startDaemon, loginItem, exit, flags }: Surroundings): Verbs {
  const config = (): Config => {
    const loaded = loadConfig({ flags: flags() });
    for (const warning of loaded.warnings) terminal.note(`Warning: ${warning}.`);
    return loaded;
  };
  const daemon = waysToTheDaemon({ config, startDaemon, exit });
  const make = (clips: string[], given: UpscaleFlags & object): Promise<void> => {
    checkUpscale(clips, given);
    return daemon.stay((client, stopped) => upscale(client, { clips, flags: given, stopped }, terminal));
  };
  return {
    serve: () => daemon.keep((connection, stopped) => serve(connection, stopped, terminal)),
    upscale: make,
    flat: (clips, given: UpscaleFlags & object) => make(clips, { ...flatExport, ...given }),
    jobs: (id, { json = false }: OutputFlags) =>
      daemon.glance(({ client }) => showJobs(client, { id, json }, terminal)),
    watch: ({ json = false }: OutputFlags) => daemon.running(({ client }) => watch(client, json, terminal)),
    act: (verb, ids, { yes = false }: { yes?: boolean }) =>
      verb === 'retryJob' || verb === 'approveJob'
        ? daemon.stay((client, stopped) => setGoing(client, { verb, ids, stopped }, terminal))
        : daemon.glance(async ({ client }) => void (await actOnJobs(client, { verb, ids, yes }, terminal))),
    models: modelVerbs(daemon, terminal),
    looks: lookVerbs(terminal),
    doctor: ({ json = false, bundle }: OutputFlags & { bundle?: string | true }) =>
      daemon.glance(({ client }) => (bundle ? diagnostics(client, bundle, terminal) : doctor(client, json, terminal))),
    settings: (key, value, { json = false }: OutputFlags) =>
      daemon.glance(({ client }) => settings(client, { key, value, json }, terminal)),
    key: (action) => daemon.glance(({ client }) => key(client, action, terminal)),
    pair: () => daemon.running(({ client }) => pair(client, terminal)),
    stop: () => daemon.running(({ client }) => stop(client)),
    autostart: async (action, { service = false }: { service?: boolean }) =>
      autostart(loginItem(config()), { action, way: service ? 'service' : 'desktop' }, terminal),
    uninstall: async () => {
      const loaded = config();
      await uninstall(loaded, loginItem(loaded), terminal);
    },
  };
}

/** Looks are known without a daemon. */
function lookVerbs(terminal: Terminal): Verbs['looks'] {
  return {
    list: async ({ json = false }: OutputFlags) => showLooks(json, terminal),
    cube: (id, file, flags: CubeFlags & object) => writeLookCube({ id: LookId.parse(id), file, flags }, terminal),
  };
}

function modelVerbs(daemon: ReturnType<typeof waysToTheDaemon>, terminal: Terminal): Verbs['models'] {
  return {
    list: ({ json = false }: OutputFlags) => daemon.glance(({ client }) => showModels(client, json, terminal)),
    show: (id, { json = false }: OutputFlags) =>
      daemon.glance(({ client }) => showModel(client, { id, json }, terminal)),
    add: (file, flags: AddFlags) => daemon.glance(({ client }) => addModel(client, { file, flags }, terminal)),
    pull: (id, flags: PullFlags) =>
      daemon.stay((client, stopped) => pullModel(client, { id, flags, stopped }, terminal)),
    remove: (ids) => daemon.glance(({ client }) => removeModels(client, ids, terminal)),
  };
}

function failure(error: unknown, terminal: Terminal): number {
  // commander has already said what is wrong; its code is 0 for help and version only.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  terminal.note(error instanceof UsageError ? error.message : errorLine(error));
  const wrongUsage = error instanceof UsageError || (error instanceof AppError && error.code === 'setup.config');
  return wrongUsage ? 2 : 1;
}
