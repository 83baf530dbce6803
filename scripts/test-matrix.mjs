// `npm run test:matrix`: every combination of colour, time, sound and geometry, of which `npm test` takes a sixth.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ready } from './ready.mjs';
import { root } from './root.mjs';

await ready({ browser: false });
const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'daemon/test/matrix', '--project', 'media'];
const env = { ...process.env, UPREZ_TEST_MATRIX: 'all' };
spawn(process.execPath, [...vitest, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit', env }).on(
  'exit',
  (code) => process.exit(code ?? 1),
);
