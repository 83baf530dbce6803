import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandToType, findProgram, runQuietly } from '../programs.mjs';
import { setUp, SetupError } from '../setup.mjs';
import { summarize } from '../test-summary.mjs';

const before = { ...process.env };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'uprez-setup-'));
});
afterEach(() => {
  process.env = { ...before };
  rmSync(folder, { recursive: true });
});

describe('the set-up', () => {
  it('has nothing to do and says nothing once everything is here', async () => {
    await expect(setUp({ browser: false })).resolves.toBeUndefined();
  });

  it('doesn’t replace an ffmpeg that was named and isn’t there', async () => {
    process.env['UPREZ_FFMPEG_PATH'] = join(folder, 'ffmpeg');
    await expect(setUp({ browser: false })).rejects.toThrow(SetupError);
    await expect(setUp({ browser: false })).rejects.toThrow('which does not exist. Correct or unset it.');
  });

  it('has one command to type for everything it may not install itself', () => {
    for (const command of Object.values(commandToType))
      expect(command()).toMatch(/^(sudo apt|brew|winget|xcode-select) /);
  });
});

describe.skipIf(process.platform === 'win32')('looking for a program', () => {
  it('takes the first one on PATH that can be run', () => {
    const [first, second] = [join(folder, 'a'), join(folder, 'b')];
    for (const each of [first, second]) mkdirSync(each);
    for (const each of [first, second]) writeFileSync(join(each, 'tool'), '#!/bin/sh\n');
    process.env['PATH'] = ['', first, second].join(delimiter);
    expect(findProgram('tool')).toBeUndefined();
    chmodSync(join(second, 'tool'), 0o755);
    expect(findProgram('other', 'tool')).toBe(join(second, 'tool'));
    chmodSync(join(first, 'tool'), 0o755);
    expect(findProgram('tool')).toBe(join(first, 'tool'));
  });
});

describe('a program run quietly', () => {
  const script = (text: string): Promise<string | undefined> => runQuietly(process.execPath, ['-e', text], {});

  it('says nothing when it succeeds', async () => {
    expect(await script('console.log("noise")')).toBeUndefined();
  });

  it('shows how it began and how it ended when it fails', async () => {
    const text = await script('for (let i = 1; i <= 100; i++) console.error(`line ${i}`); process.exitCode = 3');
    expect(text).toMatch(/^line 1\n/);
    expect(text).toMatch(/line 100$/);
    expect(text?.split('\n').length).toBeLessThan(30);
  });

  it('says why it could not be started', async () => {
    expect(await runQuietly(join(folder, 'nothing'), [], {})).toContain('ENOENT');
  });
});

describe('the summary of a test run', () => {
  const file = (status: string, ...states: string[]) => ({
    status,
    assertionResults: states.map((each) => ({ status: each })),
  });

  it('counts over all files', () => {
    const files = [file('passed', 'passed', 'passed', 'skipped'), file('failed', 'failed', 'passed', 'todo')];
    expect(summarize(files)).toBe('3 passed, 1 failed, 2 skipped');
  });

  it('counts a file that broke before its first test as failed', () => {
    expect(summarize([file('failed'), file('passed', 'passed')])).toBe('1 passed, 1 failed, 0 skipped');
  });
});
