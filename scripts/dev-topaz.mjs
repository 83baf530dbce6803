// `npm run dev:topaz`: the Topaz cloud, emulated, for trying things by hand. Only for development: nothing of it is in
// the product.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ready } from './ready.mjs';
import { root } from './root.mjs';

await ready({ browser: false });

const program = ['--import', 'tsx', join(root, 'daemon/test/dev/topaz.ts'), ...process.argv.slice(2)];
const child = spawn(process.execPath, program, { stdio: 'inherit' });
// Ctrl-C reaches the child by itself; it ends in its own order, and then this does.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signal === 'SIGTERM' && child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
