// Says which imports break the rules of boundaries.mjs. Exit code 1 when there are any.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './root.mjs';
import { findViolations } from './boundaries.mjs';

const files = new Map();
for (const folder of ['shared/src', 'daemon/src', 'plugin/src']) {
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(relative(root, file).replaceAll('\\', '/'), readFileSync(file, 'utf8'));
  }
}

const violations = findViolations(files);
for (const violation of violations) console.error(violation);
console.log(`${files.size} files, ${violations.length} forbidden imports`);
process.exitCode = violations.length > 0 ? 1 : 0;
