import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Packages stay outside, as in the product: some can't be bundled, and a process is as large as users have it. */
const externalPackages: Plugin = {
  name: 'external-packages',
  setup(builder) {
    builder.onResolve({ filter: /^[^./]/ }, ({ path }) =>
      path.startsWith('@uprez/') ? undefined : { path, external: true },
    );
  },
};

export interface ChildScript extends Disposable {
  readonly file: string;
  /** With flags for Node. */
  start(...flags: readonly string[]): ChildProcess;
}

/** TypeScript as a program of its own, for tests that have to kill one. Imports are relative to `daemon/test/support`. */
export async function childScript(contents: string): Promise<ChildScript> {
  // Below node_modules, so that the packages that can't be bundled are found.
  const outfile = fileURLToPath(
    new URL(`../../../node_modules/.cache/uprez-test-${randomUUID()}.mjs`, import.meta.url),
  );
  const resolveDir = fileURLToPath(new URL('.', import.meta.url));
  await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    ...{
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20.19',
      format: 'esm',
      plugins: [externalPackages],
      logLevel: 'error',
    },
  });
  return {
    file: outfile,
    start: (...flags) => spawn(process.execPath, [...flags, outfile], { stdio: ['pipe', 'pipe', 'inherit'] }),
    [Symbol.dispose]: () => rmSync(outfile, { force: true }),
  };
}

/** Resolves when it says something for the first time, and rejects where it ends before. */
export async function untilReady(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit').then(() => Promise.reject(new Error('the process did not come up')));
  gone.catch(() => undefined);
  await Promise.race([once(child.stdout!, 'data'), gone]);
}

/** Kills without mercy and waits until it is gone. */
export async function kill(children: readonly ChildProcess[]): Promise<void> {
  const ended = children.map((child) => once(child, 'exit'));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(ended);
}
