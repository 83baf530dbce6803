// `npm test`: sets up what is missing, then runs the static checks and every test. Arguments go to vitest, and then
// only vitest runs: `npm test -- --project unit timecode`.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { setUp, SetupError } from './setup.mjs';
import { resultFile } from './test-summary.mjs';

const args = process.argv.slice(2);
try {
  await setUp({ browser: true });
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exit(1);
}

rmSync(resultFile, { force: true });
const checked = args.length > 0 ? 0 : await run(join(root, 'scripts/check.mjs'));
const tested = await run(join(root, 'node_modules/vitest/vitest.mjs'), [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${resultFile}`,
  ...args,
]);
if (checked !== 0) console.error('Static checks failed: see the top.');
process.exitCode = checked || tested;

/** Runs a script of ours or of a package in this terminal; resolves to its exit code. */
function run(file, parameters = []) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file, ...parameters], { cwd: root, stdio: 'inherit' });
    const forward = (signal) => child.kill(signal);
    process.once('SIGINT', forward).once('SIGTERM', forward);
    child.on('close', (code, signal) => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}
