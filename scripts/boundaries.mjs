import { dirname, join, normalize } from 'node:path/posix';

/**
 * Who may import what. The first row whose `from` fits a file decides; what a row doesn't allow is an error. `allow`
 * and `from` are compared with paths from the root of the repository, without `.ts`; packages by their name.
 */
const rows = [
  { from: 'shared/src/', allow: ['shared/src/', 'zod', '@noble/hashes'] },
  { from: 'plugin/src/host/premiere', allow: ['@uprez/shared', 'zod', '@adobe/premierepro', 'plugin/src/host/'] },
  { from: 'plugin/src/host/', allow: ['@uprez/shared', 'plugin/src/host/'] },
  { from: 'plugin/src/state/', allow: ['@uprez/shared', 'react', 'zod', 'plugin/src/host/host', 'plugin/src/state/'] },
  {
    from: 'plugin/src/flows/',
    allow: ['@uprez/shared', 'zod', 'plugin/src/host/host', 'plugin/src/flows/'],
  },
  {
    from: 'plugin/src/ui/',
    allow: [
      '@uprez/shared',
      'react',
      'plugin/src/host/host',
      'plugin/src/flows/',
      'plugin/src/state/',
      'plugin/src/ui/',
    ],
  },
  // The entries put host, flows and views together.
  { from: 'plugin/src/', allow: ['@uprez/shared', 'react', 'react-dom', 'zod', 'plugin/src/'] },

  // The composition root: the only file that may know everything.
  { from: 'daemon/src/real-daemon', allow: ['@uprez/shared', 'node:', 'daemon/src/'] },
  { from: 'daemon/src/main', allow: ['@uprez/shared', 'daemon/src/'] },
  {
    from: 'daemon/src/media/',
    allow: ['@uprez/shared', 'node:', 'mediainfo.js', 'zod', 'daemon/src/media/', 'daemon/src/log'],
  },
  {
    from: 'daemon/src/models/',
    allow: ['@uprez/shared', 'node:', 'fflate', 'protobufjs', 'zod', 'daemon/src/looks/', 'daemon/src/models/'],
  },
  { from: 'daemon/src/looks/', allow: ['@uprez/shared', 'node:', 'daemon/src/looks/', 'daemon/src/media/path-check'] },
  {
    from: 'daemon/src/library/',
    allow: [
      '@uprez/shared',
      'node:',
      'undici',
      'zod',
      'daemon/src/library/',
      'daemon/src/media/',
      'daemon/src/models/',
      'daemon/src/log',
    ],
  },
  {
    from: 'daemon/src/engine/',
    allow: [
      '@uprez/shared',
      'node:',
      'onnxruntime-node',
      'zod',
      'daemon/src/engine/',
      'daemon/src/backends/backend',
      'daemon/src/looks/',
      'daemon/src/media/',
      'daemon/src/models/',
    ],
  },
  {
    from: 'daemon/src/backends/local/',
    allow: [
      '@uprez/shared',
      'node:',
      'zod',
      'daemon/src/backends/local/',
      'daemon/src/backends/backend',
      'daemon/src/backends/files',
      'daemon/src/backends/obstacles',
      'daemon/src/engine/',
      'daemon/src/looks/',
      'daemon/src/media/',
      'daemon/src/models/',
      'daemon/src/log',
    ],
  },
  {
    from: 'daemon/src/backends/topaz/',
    allow: [
      '@uprez/shared',
      'node:',
      'undici',
      'zod',
      'daemon/src/backends/topaz/',
      'daemon/src/backends/backend',
      'daemon/src/backends/files',
      'daemon/src/backends/obstacles',
      // A result is named, furnished, checked and published like one made here.
      'daemon/src/backends/local/plan',
      'daemon/src/engine/',
      'daemon/src/media/',
      'daemon/src/log',
    ],
  },
  { from: 'daemon/src/backends/backend', allow: ['@uprez/shared', 'daemon/src/log'] },
  {
    from: 'daemon/src/backends/files',
    allow: ['@uprez/shared', 'node:', 'daemon/src/backends/backend', 'daemon/src/media/volume'],
  },
  {
    from: 'daemon/src/backends/obstacles',
    allow: ['@uprez/shared', 'daemon/src/media/disk-room', 'daemon/src/media/volume'],
  },
  {
    from: 'daemon/src/store/',
    allow: [
      '@uprez/shared',
      'node:',
      'better-sqlite3',
      'zod',
      'daemon/src/store/',
      'daemon/src/backends/backend',
      'daemon/src/log',
    ],
  },
  {
    from: 'daemon/src/jobs/',
    allow: [
      '@uprez/shared',
      'node:',
      'zod',
      'daemon/src/jobs/',
      'daemon/src/store/',
      'daemon/src/backends/backend',
      'daemon/src/backends/obstacles',
      'daemon/src/media/',
      'daemon/src/log',
      'daemon/src/clock',
    ],
  },
  {
    from: 'daemon/src/api/',
    allow: [
      '@uprez/shared',
      'node:',
      'express',
      'ws',
      'zod',
      'daemon/src/api/',
      'daemon/src/jobs/',
      'daemon/src/store/',
      'daemon/src/library/library',
      'daemon/src/log',
      'daemon/src/health',
      'daemon/src/key-store',
      'daemon/src/clock',
    ],
  },
  // A client too; what draws the icon is a process of its own, which knows nothing of the daemon at all.
  { from: 'daemon/src/tray/linux/', allow: ['@jellybrick/dbus-next', 'node:', 'daemon/src/tray/'] },
  {
    from: 'daemon/src/tray/',
    allow: [
      '@uprez/shared',
      'node:',
      'zod',
      'daemon/src/tray/',
      'daemon/src/login/',
      'daemon/src/clock',
      'daemon/src/log',
    ],
  },
  {
    from: 'daemon/src/login/',
    allow: ['@uprez/shared', 'node:', 'daemon/src/login/', 'daemon/src/paths', 'daemon/src/small-heap'],
  },
  // A client like every other: it is handed a way to start a daemon and knows nothing of its parts.
  {
    from: 'daemon/src/cli/',
    allow: [
      '@uprez/shared',
      'node:',
      'commander',
      'fflate',
      'ws',
      'zod',
      'daemon/src/cli/',
      'daemon/src/login/',
      'daemon/src/looks/',
      'daemon/src/paths',
      'daemon/src/instance',
      'daemon/src/config',
    ],
  },
  {
    from: 'daemon/src/daemon',
    allow: ['@uprez/shared', 'node:', 'daemon/src/'],
    deny: ['daemon/src/backends/local', 'daemon/src/backends/topaz'],
  },
  // Single files of the daemon's root: settings, paths, lock, log, health.
  {
    from: 'daemon/src/',
    allow: ['@uprez/shared', 'node:', 'pino', 'better-sqlite3', '@napi-rs/keyring', 'zod', 'daemon/src/'],
    deny: ['daemon/src/api/', 'daemon/src/jobs/', 'daemon/src/backends/', 'daemon/src/engine/'],
  },
];

/** Nothing imports these, whoever it is: the ends of the house. */
const ends = ['daemon/src/main', 'daemon/src/real-daemon', 'daemon/src/cli/', 'daemon/src/tray/'];
const mayImportEnds = {
  'daemon/src/main': ends,
  'daemon/src/real-daemon': ends,
  'daemon/src/cli/': ['daemon/src/cli/'],
  'daemon/src/tray/': ['daemon/src/tray/'],
};

/** Files that may start processes; everything else goes through them. */
const mayStartProcesses = [
  'daemon/src/media/ffmpeg',
  'daemon/src/backends/local/',
  'daemon/src/backends/topaz/desktop/app-process',
  'daemon/src/jobs/leftovers',
  'daemon/src/jobs/watchdog',
  'daemon/src/tray/',
  'daemon/src/login/',
  'daemon/src/desktop',
];

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|import\(\s*'([^']+)'\s*\)/g;

/**
 * Every import that the rows don't allow, every file but config.ts that reads the environment, and every circle of
 * imports, as sentences.
 * @param {Map<string, string>} files text by path from the root of the repository, with forward slashes
 * @returns {string[]}
 */
export function findViolations(files) {
  const graph = new Map([...files].map(([file, text]) => [file, importsOf(file, text)]));
  return [
    ...[...graph].flatMap(([file, imports]) => forbiddenImports(file, imports)),
    ...[...files].flatMap(([file, text]) => environmentReaders(file, text)),
    ...circles(graph),
  ];
}

function importsOf(file, text) {
  return [...text.matchAll(importPattern)].map((match) => resolve(file, match[1] ?? match[2] ?? match[3] ?? ''));
}

function resolve(file, specifier) {
  return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier;
}

function forbiddenImports(file, imports) {
  const row = rows.find(({ from }) => file.startsWith(from));
  if (!row) return [];
  return imports.filter((target) => !isAllowed(file, row, target)).map((target) => `${file} must not import ${target}`);
}

function isAllowed(file, row, target) {
  if (target === 'node:child_process' && !startsWithAny(file, mayStartProcesses)) return false;
  if (startsWithAny(target, ends) && !startsWithAny(target, exceptionsFor(file))) return false;
  if (row.deny?.some((prefix) => target.startsWith(prefix))) return false;
  return row.allow.some((entry) => fits(target, entry));
}

function exceptionsFor(file) {
  return Object.entries(mayImportEnds).find(([from]) => file.startsWith(from))?.[1] ?? [];
}

function fits(target, entry) {
  if (entry.endsWith('/') || entry === 'node:') return target.startsWith(entry);
  return target === entry || target === `${entry}.ts` || target === `${entry}.tsx` || target.startsWith(`${entry}/`);
}

function startsWithAny(text, prefixes) {
  return prefixes.some((prefix) => text.startsWith(prefix));
}

function environmentReaders(file, text) {
  if (file === 'daemon/src/config.ts' || !/\bprocess\.env\b/.test(text)) return [];
  return [`${file} must not read process.env: only daemon/src/config.ts does`];
}

/** Depth-first search; a file met again while it is still on the path closes a circle. */
function circles(graph) {
  const found = [];
  const done = new Set();
  const visit = (file, path) => {
    if (path.includes(file)) found.push(`circle of imports: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
    if (path.includes(file) || done.has(file)) return;
    for (const target of graph.get(file) ?? []) if (graph.has(target)) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}
