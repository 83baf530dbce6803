import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { AppError, Precision, Provider } from '@uprez/shared';
import { z } from 'zod';
import { type Paths, pathsFor, type Surroundings } from './paths.ts';

const ENV_PREFIX = 'UPREZ_';
const byteUnits: Record<string, number> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};
const timeUnits: Record<string, number> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses "2GB", "500 MB", "1GiB" or a number of bytes. */
const byteSize = quantity('a size such as 500MB, 2GB or a number of bytes', byteUnits, (unit) => unit.toUpperCase());
/** Parses "30m", "1h", "7d" or a number of seconds; the result is milliseconds. */
const duration = quantity('a time such as 30m, 1h or a number of seconds', timeUnits, (unit) => unit.toLowerCase());

const folder = z
  .string({ error: 'an absolute path' })
  .min(1, 'an absolute path')
  .refine((path) => isAbsolute(path), 'an absolute path')
  .nullable()
  .default(null);

const whole = (min: number, max: number) => {
  const error = `a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int(error).min(min, error).max(max, error).nullable().default(null);
};

const oneOf = <const T extends string>(options: readonly T[]) =>
  z
    .enum(options, { error: `one of ${options.join(', ')}` })
    .nullable()
    .default(null);

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** What is fixed while the daemon runs. What a user changes meanwhile is `Settings` in shared. */
const Values = z.object({
  ffmpegPath: folder,
  /** Larger sources are refused. The default holds an hour of 4K ProRes and keeps a typing error from filling a disk. */
  maxFileSize: byteSize.default(500e9),
  /** Folder for partial files; null = beside the result. */
  tempDir: folder,
  /** Folder for results until the user sets another one; null = beside the source. */
  outputDir: folder,
  /** Folder with further models. */
  modelPath: folder,
  /** Folder of Topaz Video; null = where its installer puts it. */
  topazApp: folder,
  /** How often ended jobs are looked through for ones older than the settings keep. */
  cleanupInterval: duration.default(3_600_000),
  /** null = the first free one of the fixed ports; 0 = any free port. */
  port: whole(0, 65_535),
  dataDir: folder,
  logLevel: z.enum(levels, { error: `one of ${levels.join(', ')}` }).default('info'),
  /** Threads of the model on the CPU; null = the engine decides. */
  threads: whole(1, 256),
  /** What models run on and in which precision; null = what is fastest on this computer. */
  provider: oneOf(Provider.options),
  precision: oneOf(Precision.options),
});

type Values = z.output<typeof Values>;
type Key = keyof Values;

export type Config = Readonly<Values> & {
  readonly paths: Paths;
  /** Folders in which programs are looked for. */
  readonly searchPath: string;
  /** Variables that drivers of GPUs look for, as far as they are set. */
  readonly drivers: Readonly<Record<string, string>>;
  /** Variables by which a program finds the user's desktop, as far as they are set. */
  readonly desktop: Readonly<Record<string, string>>;
  /** Things to tell the user that are no reason to stop. */
  readonly warnings: readonly string[];
};

export type Flags = Partial<Record<Key, string | number>>;

export interface ConfigSources extends Partial<Surroundings> {
  flags?: Flags;
}

/**
 * Flags, then the environment (`UPREZ_…`), then config.json, then defaults. The only reader of the environment.
 * Throws `setup.config`.
 */
export function loadConfig(sources: ConfigSources = {}): Config {
  const { flags = {}, env = process.env, platform = process.platform, home = homedir() } = sources;
  const warnings: string[] = [];
  const named = fromEnvironment(env, warnings);
  const dataDir = flags.dataDir ?? named['dataDir'];
  const paths = pathsFor({ platform, home, env }, dataDir === undefined ? null : resolve(String(dataDir)));
  const { chosen, names } = choose([
    { values: flags, name: (key) => `--${kebab(key)}` },
    { values: named, name: environmentName },
    { values: fromFile(paths.configFile, warnings), name: (key) => `${key} in config.json` },
  ]);
  return Object.freeze({
    ...parse(chosen, names),
    paths,
    searchPath: env['PATH'] ?? '',
    drivers: chosenVariables(env, driverNames),
    desktop: chosenVariables(env, desktopNames),
    warnings,
  });
}

interface Layer {
  values: Readonly<Record<string, unknown>>;
  name: (key: Key) => string;
}

/** Of each value the one from the first layer that has it, and what the user calls it there. */
function choose(layers: readonly Layer[]): { chosen: Record<string, unknown>; names: Map<string, string> } {
  const chosen: Record<string, unknown> = {};
  const names = new Map<string, string>();
  for (const key of keys) {
    const layer = layers.find(({ values }) => values[key] !== undefined);
    if (!layer) continue;
    chosen[key] = layer.values[key];
    names.set(key, layer.name(key));
  }
  return { chosen, names };
}

const keys = Object.keys(Values.shape) as Key[];

function parse(chosen: Record<string, unknown>, names: Map<string, string>): Values {
  const parsed = Values.safeParse(chosen);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const key = String(issue?.path[0]);
  const expected = issue?.message ?? 'another value';
  const got = String(chosen[key]);
  throw new AppError('setup.config', {
    key: names.get(key) ?? key,
    expected,
    got,
    why: `expected ${expected}, got “${got}”`,
  });
}

/** The Vulkan loader's, CUDA's, and the folders in which drivers keep compiled programs. */
const driverNames = [
  ...['VK_ICD_FILENAMES', 'VK_DRIVER_FILES', 'LD_LIBRARY_PATH', 'CUDA_VISIBLE_DEVICES'],
  ...['HOME', 'XDG_CACHE_HOME', 'XDG_RUNTIME_DIR', 'TMPDIR', 'LOCALAPPDATA', 'TEMP', 'WINDIR'],
];

/** Session bus, display, the user's folders and language, and what Windows programs don't start without. */
const desktopNames = [
  ...['DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_CURRENT_DESKTOP'],
  ...['PATH', 'HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_DATA_DIRS', 'LANG', 'LC_ALL', 'TMPDIR'],
  ...['SystemRoot', 'windir', 'TEMP', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA'],
];

function chosenVariables(env: Surroundings['env'], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

function fromEnvironment(env: Surroundings['env'], warnings: string[]): Record<string, string> {
  const known = new Map(keys.map((key) => [environmentName(key), key]));
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    // An empty variable means "not set", as in most programs.
    if (!name.startsWith(ENV_PREFIX) || value === undefined || value === '') continue;
    const key = known.get(name);
    if (key) found[key] = value;
    else warnings.push(`unknown environment variable ${name}`);
  }
  return found;
}

function fromFile(path: string, warnings: string[]): Record<string, unknown> {
  const text = readIfThere(path);
  if (text === undefined) return {};
  // The file lies below the data folder, so it can't say where that is.
  const { dataDir, ...values } = parseObject(text, path);
  const unknown = Object.keys(values).filter((key) => !(key in Values.shape));
  if (dataDir !== undefined) unknown.push('dataDir');
  for (const key of unknown) warnings.push(`unknown key ${key} in ${path}`);
  return values;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new AppError(
      'setup.config',
      { key: path, expected: 'a readable file', got: 'none', why: 'it cannot be read' },
      { cause },
    );
  }
}

function parseObject(text: string, path: string): Record<string, unknown> {
  const wrong = (cause?: unknown): AppError =>
    new AppError(
      'setup.config',
      { key: path, expected: 'a JSON object', got: 'other text', why: 'expected a JSON object' },
      { cause },
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrong(cause);
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(value);
  if (!parsed.success) throw wrong();
  return parsed.data;
}

function quantity(expected: string, units: Record<string, number>, normal: (unit: string) => string) {
  return z.union([z.string(), z.number()], { error: expected }).transform((value, context) => {
    const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(value).trim());
    const factor = match && units[normal(match[2] ?? '')];
    const result = Math.round(Number(match?.[1]) * (factor ?? Number.NaN));
    if (Number.isSafeInteger(result) && result > 0) return result;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

function environmentName(key: Key): string {
  return ENV_PREFIX + key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function kebab(key: Key): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
