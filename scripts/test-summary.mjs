// Counts what the last `npm test` did, over all projects.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './root.mjs';

export const resultFile = join(root, 'node_modules/.cache/test-results.json');

function printSummary() {
  // No result at all means that vitest itself failed.
  const results = existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, 'utf8')).testResults : undefined;
  console.log(results ? summarize(results) : '0 passed, 1 failed, 0 skipped');
}

/** @param {{ status: string, assertionResults: { status: string }[] }[]} testResults vitest's, one for each file */
export function summarize(testResults) {
  const states = testResults.flatMap((file) => file.assertionResults.map(({ status }) => status));
  const count = (wanted) => states.filter((status) => status === wanted).length;
  // A file that breaks before its first test has no failed test of its own.
  const broken = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'),
  );
  const [passed, failed] = [count('passed'), count('failed')];
  return `${passed} passed, ${failed + broken.length} failed, ${states.length - passed - failed} skipped`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) printSummary();
