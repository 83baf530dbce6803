// The engine, with a file system that fails at a certain call: what a full, dying or overstrained disk does, without one.
// UPREZ_FAULT names a file with { at, code }; each process counts its own calls.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

// The order may come before the engine listens.
const held = [];
const hold = (message) => held.push(message);
process.on('message', hold);

const { at, code } = JSON.parse(fs.readFileSync(process.env.UPREZ_FAULT, 'utf8'));
let calls = 0;
// Reading the program itself does not count.
let armed = false;

const failing = (owner, name) => {
  const original = owner[name];
  owner[name] = function faulty(...args) {
    if (armed) calls += 1;
    if (!armed || calls !== at) return original.apply(this, args);
    const error = Object.assign(new Error(`${code}: made to fail, ${name}`), {
      code,
      syscall: name,
      path: String(args[0]),
    });
    return Promise.reject(error);
  };
};

if (at > 0) {
  const handle = await fs.promises.open(process.env.UPREZ_FAULT);
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  for (const name of ['write', 'writev', 'sync', 'datasync', 'truncate', 'stat', 'read']) failing(prototype, name);
  for (const name of ['open', 'stat', 'link', 'rename', 'unlink', 'statfs']) failing(fs.promises, name);
  syncBuiltinESMExports();
}

await import('../../dist/engine.mjs');
process.off('message', hold);
armed = true;
for (const message of held) process.emit('message', message);
