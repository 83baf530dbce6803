// Counts what the last `npm test` did, over all projects.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './root.mjs';

export const resultFile = join(root, 'node_modules/.cache/test-results.json');

export function printSummary() {
  if (!existsSync(resultFile)) return console.log('0 passed, 1 failed, 0 skipped');
  const { testResults } = JSON.parse(readFileSync(resultFile, 'utf8'));
  const states = testResults.flatMap((file) => file.assertionResults.map(({ status }) => status));
  const count = (...wanted) => states.filter((status) => wanted.includes(status)).length;
  // A file that breaks before its first test has no failed test of its own.
  const broken = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'),
  );
  const failed = count('failed') + broken.length;
  console.log(`${count('passed')} passed, ${failed} failed, ${states.length - count('passed', 'failed')} skipped`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) printSummary();
