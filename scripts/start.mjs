#!/usr/bin/env node
// `npm start`: sets up what is missing, builds what changed, then becomes the `uprez` command itself, so that flags,
// signals and exit codes need no passing on.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './root.mjs';
import { setUp, SetupError } from './setup.mjs';

try {
  await setUp({ browser: false });
  const { build } = await import('./build.mjs');
  await build();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exit(1);
}

const program = join(root, 'daemon/dist/uprez.mjs');
process.argv[1] = program;
await import(pathToFileURL(program).href);
