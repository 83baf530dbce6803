import { cpSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from '../root.mjs';

/** What is left out everywhere: what only compilers, debuggers and readers of the source want. */
const needless =
  /\.(map|ts|mts|cts|md|markdown|c|cc|cpp|h|hpp|gyp|gypi|tsbuildinfo)$|\/(test|tests|docs|example|examples|\.github)(\/|$)/i;

/** What else is left out of single packages: other platforms, and the sources of what is compiled. */
const leftOut = {
  'better-sqlite3': (path) =>
    /^(deps|src|build)(\/|$)/.test(path) && !/^build(\/Release(\/better_sqlite3\.node)?)?$/.test(path),
  'onnxruntime-node': (path) =>
    /^(script|lib)(\/|$)/.test(path) || (/^bin\/napi-v\d+\/./.test(path) && !isOwnPlatform(path.split('/').slice(2))),
};

/** Packages that others need for installing or for a command line of their own. */
const forInstalling = new Set(['prebuild-install', 'adm-zip', 'global-agent', 'yargs']);

function isOwnPlatform([platform, arch]) {
  return platform === process.platform && (arch === undefined || arch === process.arch);
}

/**
 * Every package that our workspaces need at run time, with what those need.
 * @param {string[]} workspaces
 * @returns {{ name: string, version: string, folder: string, manifest: object }[]}
 */
export function packagesOf(workspaces) {
  const found = new Map();
  const visit = (name, from) => {
    const folder = find(name, from);
    if (!folder || found.has(folder)) return;
    const manifest = read(folder);
    found.set(folder, { name, version: manifest.version, folder, manifest });
    for (const each of needs(manifest)) visit(each, folder);
  };
  for (const workspace of workspaces) {
    const folder = join(root, workspace);
    for (const name of needs(read(folder))) if (!name.startsWith('@uprez/')) visit(name, folder);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Copies packages with what they need to run, into the same places below node_modules. */
export function copyModules(packages, target) {
  for (const { name, folder } of packages) {
    const extra = leftOut[name] ?? (() => false);
    cpSync(folder, join(target, relative(root, folder)), {
      recursive: true,
      filter: (file) => {
        const path = relative(folder, file).replaceAll('\\', '/');
        // Nested packages are copied as packages of their own.
        if (path === 'node_modules' || path.startsWith('node_modules/')) return false;
        return path === '' || isLicence(path) || (!needless.test(path) && !extra(path));
      },
    });
  }
}

export function isLicence(name) {
  return /^(licen[cs]e|copying|notice)([-.].*)?$/i.test(name);
}

function needs({ dependencies = {}, optionalDependencies = {} }) {
  return [...Object.keys(dependencies), ...Object.keys(optionalDependencies)].filter(
    (name) => !forInstalling.has(name),
  );
}

/** As Node looks for it: beside the one that wants it, then further and further out. */
function find(name, from) {
  for (let folder = from; folder.length >= root.length - 1; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

function read(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
