// `npm run bench`: sets up what is missing, builds, and measures the whole local path in one run; `npm run bench:quality`
// (`quality` as the first word): what models make of clips whose originals are known;
// `npm run bench -- --flat`: the flat export against the command that it follows;
// `npm run bench -- --upload`: how much memory a large upload to the cloud takes.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ready } from './ready.mjs';
import { root } from './root.mjs';

await ready({ browser: false });

const words = process.argv.slice(2);
const programs = {
  quality: 'scripts/bench/quality.ts',
  '--flat': 'scripts/bench/flat.ts',
  '--upload': 'daemon/test/dev/upload.ts',
};
const program = programs[words[0]] ? programs[words.shift()] : 'scripts/bench/main.ts';
const bench = ['--import', 'tsx', join(root, program), ...words];
const allocator = 'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=536870912';
// The same surroundings as the engine gets; a daemon has none.
const engine = { ORT_DISABLE_TELEMETRY: '1', GLIBC_TUNABLES: allocator };
const env = program.startsWith('daemon') ? process.env : { ...process.env, ...engine };
spawn(process.execPath, bench, { stdio: 'inherit', env }).on('exit', (code) => process.exit(code ?? 1));
