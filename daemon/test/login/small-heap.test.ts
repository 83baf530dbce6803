import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { smallHeap } from '../../src/small-heap.ts';

const root = new URL('../../../', import.meta.url);

test.each(['package.json', 'scripts/package/files/uprez.sh', 'scripts/package/files/uprez.cmd'])(
  '%s starts Node with a small heap, as the session does',
  (file) => {
    const text = readFileSync(new URL(file, root), 'utf8');
    expect(text).toMatch(new RegExp(`node(\\.exe)?"? ${smallHeap.join(' ')} .*(start|uprez)\\.mjs`));
  },
);
