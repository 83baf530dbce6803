import { readFileSync } from 'node:fs';
import { callNames } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { protocolFile, protocolPage } from '../docs/protocol.ts';

describe('docs/protocol.md', () => {
  it('is what the code says; if not, type: npm run docs', () => {
    expect(readFileSync(protocolFile, 'utf8')).toBe(protocolPage());
  });

  it('has every call, and a section for every type it mentions', () => {
    const page = protocolPage();
    for (const name of callNames) expect(page).toContain(`| \`${name}\` |`);
    for (const [, name = ''] of page.matchAll(/\]\(#([a-z]+)\)/g))
      expect(page.toLowerCase()).toContain(`\n### ${name}\n`);
  });
});
