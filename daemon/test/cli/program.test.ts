import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { loadConfig } from '../../src/config.ts';
import { verbs } from '../support/verbs.ts';

const program = (): ReturnType<typeof createProgram> => createProgram('1.2.3', verbs);
const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

/** What config.ts knows, without what it adds itself. */
const {
  paths: _paths,
  searchPath: _searchPath,
  drivers: _drivers,
  desktop: _desktop,
  warnings: _warnings,
  ...settings
} = loadConfig({
  env: {},
});

describe('the language of the command line', () => {
  it.each(Object.keys(settings))('has a flag for %s, and the README says so', (key) => {
    const option = program().options.find((each) => each.attributeName() === key);
    expect(option?.long).toBeDefined();
    expect(readme).toContain(`\`${option?.long}\``);
    expect(readme).toContain(`\`UPREZ_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}\``);
  });

  it('takes daemon flags before and after the verb, and makes their paths absolute', async () => {
    for (const args of [
      ['--output-dir', 'out', 'jobs'],
      ['jobs', '--output-dir', 'out'],
    ]) {
      const parsed = await program().parseAsync(args, { from: 'user' });
      expect(parsed.opts()).toEqual({ outputDir: resolve('out') });
    }
  });

  it('is what the README says: every verb and every option of upscale', () => {
    const { commands } = program();
    for (const command of commands) expect(readme).toContain(command.name());
    const upscale = commands.find((command) => command.name() === 'upscale');
    for (const option of upscale?.options ?? []) expect(readme).toMatch(new RegExp(`${option.long}\\b`));
  });
});
