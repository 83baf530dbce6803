// `npm run docs`: writes the pages of docs/ that are made from the code.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ready } from './ready.mjs';
import { root } from './root.mjs';

await ready({ browser: false });

const main = join(root, 'scripts/docs/main.ts');
const { status } = spawnSync(process.execPath, ['--import', 'tsx', main], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
