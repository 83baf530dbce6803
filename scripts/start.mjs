#!/usr/bin/env node
// `npm start`: sets up what is missing, builds what changed, then becomes the `uprez` command itself, so that flags,
// signals and exit codes need no passing on.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ready } from './ready.mjs';
import { root } from './root.mjs';

await ready({ browser: false });

const program = join(root, 'daemon/dist/uprez.mjs');
process.argv[1] = program;
await import(pathToFileURL(program).href);
