// `npm run gauntlet`: sets up what is missing, builds, and runs the programme of reliability and security; docs/reliability.md
// is its result. `-- --short` for a short one, `--only S1,R3` for some of it,
// `--share 0.1` for less of each, `--seed N` to repeat one.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ready } from './ready.mjs';
import { root } from './root.mjs';

await ready({ browser: false });

const program = ['--import', 'tsx', join(root, 'daemon/test/gauntlet/main.ts'), ...process.argv.slice(2)];
const env = { ...process.env, ORT_DISABLE_TELEMETRY: '1' };
spawn(process.execPath, program, { stdio: 'inherit', env }).on('exit', (code) => process.exit(code ?? 1));
