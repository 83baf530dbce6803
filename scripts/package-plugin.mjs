// `npm run package:plugin`: builds the panel and packs it into dist/uprez.ccx, which Creative Cloud installs by a double click.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { build } from './build.mjs';
import { findFaults } from './plugin-manifest.mjs';
import { root } from './root.mjs';

await build({ panel: true });

const folder = join(root, 'plugin/dist/panel');
const files = Object.fromEntries(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [relative(folder, file).replaceAll('\\', '/'), readFileSync(file)]),
);
const target = join(root, 'dist/uprez.ccx');
mkdirSync(join(root, 'dist'), { recursive: true });
writeFileSync(target, zipSync(files, { level: 9 }));

// What was written is read back, as an installer would.
const faults = findFaults(
  unzipSync(readFileSync(target)),
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else console.log(target);
