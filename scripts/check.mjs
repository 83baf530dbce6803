// All static checks at once. Prints what failed; exit code 1 when anything did.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './root.mjs';

const bin = (name, ...args) => ({ name, command: [join(root, 'node_modules', ...name.split('/')), ...args] });

const checks = [
  bin('typescript/bin/tsc', '-b', '--pretty'),
  bin('oxlint/bin/oxlint', '--type-aware', '.'),
  { name: 'boundaries', command: [join(root, 'scripts/check-boundaries.mjs')] },
  bin('knip/bin/knip.js', '--no-progress'),
  bin('prettier/bin/prettier.cjs', '--check', '--cache', '--log-level', 'warn', '.'),
];

/** Runs a check and resolves to its exit code and output. */
function runCheck({ name, command }) {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(process.execPath, command, { cwd: root });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      resolve({ name: name.split('/')[0], ok: code === 0, seconds, text: Buffer.concat(output).toString() });
    });
  });
}

const results = await Promise.all(checks.map(runCheck));
for (const { ok, text, name } of results) if (!ok) console.error(`── ${name}\n${text}`);
for (const { ok, name, seconds } of results) console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
