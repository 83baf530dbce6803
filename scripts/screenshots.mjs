// `npm run screenshots`: takes the pictures of the README of the built product, into docs/images.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ready } from './ready.mjs';
import { root } from './root.mjs';
import { findChromium } from './setup.mjs';

await ready({ browser: true });
await build({ panel: true });
const chromium = findChromium();
if (!chromium) {
  console.error('No Chromium or Chrome found: install one, or set CHROME_PATH.');
  process.exit(1);
}

const program = ['--import', 'tsx', join(root, 'plugin/test/dev/screenshots.ts')];
const child = spawn(process.execPath, program, { stdio: 'inherit', env: { ...process.env, CHROME_PATH: chromium } });
child.on('exit', (code) => process.exit(code ?? 1));
