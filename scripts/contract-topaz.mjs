// `npm run contract:topaz`: checks what Uprez believes of the Topaz API: against the service itself where
// UPREZ_TOPAZ_CONTRACT_KEY holds a key, else against the emulator.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { ready } from './ready.mjs';
import { root } from './root.mjs';

const env = { ...process.env, UPREZ_TOPAZ_CONTRACT_SPEND: 'no' };
if (env.UPREZ_TOPAZ_CONTRACT_KEY) {
  console.log('Against api.topazlabs.com with your key. Quotes are free and leave unaccepted requests behind.');
  if (
    await agrees(
      'One test reserves 1 credit and cancels before anything is uploaded, which gives it back. Run it, too?',
    )
  )
    env.UPREZ_TOPAZ_CONTRACT_SPEND = 'yes';
} else console.log('Against the emulator: UPREZ_TOPAZ_CONTRACT_KEY is not set.');

await ready({ browser: false });
const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'daemon/test/topaz-contract'];
spawn(process.execPath, [...vitest, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit', env }).on(
  'exit',
  (code) => process.exit(code ?? 1),
);

/** Asks on the terminal; without one the answer is no. */
async function agrees(question) {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
