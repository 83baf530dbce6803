// Bundles the daemon's programs, the dashboard and the panel into dist folders. Does nothing where nothing changed.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './root.mjs';

const programs = {
  uprez: 'daemon/src/main.ts',
  engine: 'daemon/src/engine/main.ts',
  inference: 'daemon/src/engine/inference-worker.ts',
  inspection: 'daemon/src/engine/inspection.ts',
  convert: 'daemon/src/library/convert-worker.ts',
  quality: 'daemon/src/engine/quality-worker.ts',
  tray: 'daemon/src/tray/linux/main.ts',
};

/** Scripts that other programs of the system run; they come along as they are. */
const scripts = {
  'tray-windows.ps1': 'daemon/src/tray/windows/tray.ps1',
  'tray-macos.js': 'daemon/src/tray/macos/tray.js',
};

/**
 * Builds what is older than its sources. The panel only where it is wanted: nobody needs it to start the daemon.
 * @param {{ panel?: boolean }} wanted
 */
export async function build({ panel = false } = {}) {
  const shared = newest('shared/src', 'package.json', 'package-lock.json', 'scripts/build.mjs');
  const daemon = Math.max(shared, newest('daemon/src', 'daemon/package.json'));
  const plugin = Math.max(shared, newest('plugin/src', 'plugin/package.json'));
  const dashboard = Math.max(plugin, newest('plugin/vite.config.ts', 'plugin/index.html'));
  if (daemon > oldest(...Object.keys(programs).map((name) => `daemon/dist/${name}.mjs`))) await buildDaemon();
  if (dashboard > oldest('plugin/dist/dashboard/index.html')) await buildPages('vite.config.ts');
  const forPanel = Math.max(plugin, newest('plugin/vite.panel.config.ts', 'plugin/panel'));
  if (panel && forPanel > oldest('plugin/dist/panel/panel.js')) await buildPages('vite.panel.config.ts');
}

async function buildDaemon() {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: Object.entries(programs).map(([out, entry]) => ({ out, in: entry })),
    outdir: 'daemon/dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What a program loads later, and what several have in common, are files of their own.
    splitting: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: true,
    plugins: [externalPackages],
    logLevel: 'warning',
  });
  mkdirSync(join(root, 'daemon/dist'), { recursive: true });
  const copies = Object.entries(scripts).map(([name, source]) => ({
    path: join(root, 'daemon/dist', name),
    contents: readFileSync(join(root, source)),
  }));
  const made = new Set([...outputFiles, ...copies].map(({ path }) => path));
  const folder = join(root, 'daemon/dist');
  // Renamed, so that nobody who starts meanwhile reads half a file.
  for (const { path, contents } of [...outputFiles, ...copies]) {
    const partial = `${path}.${process.pid}.partial`;
    writeFileSync(partial, contents);
    renameSync(partial, path);
  }
  // Not what another build is just writing.
  const left = readdirSync(folder).filter((name) => /\.mjs(\.map)?$/.test(name) && !made.has(join(folder, name)));
  for (const name of left) rmSync(join(folder, name), { force: true });
}

/** Packages stay outside (native parts, licences), our own workspaces go in. */
const externalPackages = {
  name: 'external-packages',
  setup(builder) {
    builder.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@uprez/') ? undefined : { path, external: true },
    );
  },
};

async function buildPages(config) {
  const vite = await import('vite');
  const folder = join(root, 'plugin');
  const { NODE_ENV } = process.env;
  // Tests run what users run, whoever starts the build.
  process.env.NODE_ENV = 'production';
  await vite.build({ root: folder, configFile: join(folder, config), logLevel: 'warn' });
  if (NODE_ENV === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = NODE_ENV;
}

/** Time of the latest change below the paths, in milliseconds. */
function newest(...paths) {
  return Math.max(...paths.flatMap((path) => changeTimes(join(root, path))));
}

function oldest(...paths) {
  return Math.min(...paths.map((path) => (existsSync(join(root, path)) ? statSync(join(root, path)).mtimeMs : 0)));
}

/** Folders count too: their time changes when a file is removed. */
function changeTimes(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return [stats?.mtimeMs ?? 0];
  return [stats.mtimeMs, ...readdirSync(path).flatMap((name) => changeTimes(join(path, name)))];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build({ panel: true });
