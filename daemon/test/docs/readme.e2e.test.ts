import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { errorTable, type Job } from '@uprez/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { clip } from '../support/clips.ts';
import { processesIn, seesProcesses } from '../support/processes.ts';
import { tempDir, type TempDir } from '../support/temp-dir.ts';
import { oneWay } from '../support/uprez.ts';
import { verbs } from '../support/verbs.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

/**
 * A fenced block with commands in it. `run`: by the test below, line by line. `list`: names all there are; each is tested
 * somewhere. A reason: it can't be run here, and the README says why.
 */
interface Block {
  kind: 'run' | 'list' | 'unknown' | { reason: string };
  lines: string[];
}

const blocks = [...readme.matchAll(/(?:<!-- ([^>]*) -->\n+)?```(\w*)\n(.*?)```/gs)]
  .map(([, remark = '', language = '', text = '']): Block => {
    const lines = text.split('\n').map((line) => line.trim());
    const reason = /^not run by the tests: (.*)$/.exec(remark)?.[1];
    const kind = remark === 'a list' ? 'list' : kindOf(language);
    return { kind: reason === undefined ? kind : { reason }, lines: lines.filter((line) => line.startsWith('npm ')) };
  })
  .filter(({ lines }) => lines.length > 0);

function kindOf(language: string): 'run' | 'unknown' {
  return language === 'sh' ? 'run' : 'unknown';
}

/** All but the command that runs these tests. */
const toRun = blocks
  .flatMap(({ kind, lines }) => (kind === 'run' ? lines : []))
  .filter((line) => !line.startsWith('npm test'));
const listed = blocks.flatMap(({ kind, lines }) => (kind === 'list' ? lines : []));

/** Somebody who does what the README says, in a folder with a clip. */
let reader: TempDir;
let daemon: ChildProcess | undefined;
const started: ChildProcess[] = [];

beforeAll(async () => {
  reader = tempDir();
  mkdirSync(reader.file('home'));
  await copyFile(await clip({ frames: 12, sounds: [{}] }), reader.file('clip.mp4'));
});
afterAll(async () => {
  for (const child of started.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  reader[Symbol.dispose]();
});

describe('the commands of the README', () => {
  it('are all of a kind that the tests know: run, a list, or not run for a reason', () => {
    expect(blocks.filter(({ kind }) => kind === 'unknown')).toEqual([]);
    expect(toRun.length).toBeGreaterThan(8);
    const reasons = blocks.flatMap(({ kind }) => (typeof kind === 'object' ? [kind.reason] : []));
    for (const reason of reasons) expect(reason.length).toBeGreaterThan(10);
  });

  it.each(toRun)('work: %s', async (line) => {
    const { code, said } = await types(line);
    expect({ code, said }).toEqual({ code: 0, said: expect.any(String) });
  });

  it('have made what the README promises, and left nothing running', () => {
    const made = readdirSync(reader.path).filter((name) => name.endsWith('.mov'));
    for (const name of ['clip_uprez_2x_fast.mov', 'clip_uprez_flat.mov']) expect(made).toContain(name);
    expect(readdirSync(reader.path).filter((name) => name.endsWith('.partial'))).toEqual([]);
    expect(existsSync(reader.file('home/.config/autostart/uprez.desktop'))).toBe(false);
    if (seesProcesses) expect(processesIn(reader.path).map(({ command }) => command)).toEqual([]);
  });
});

describe('the lists of the README', () => {
  const names = (start: string): string[] =>
    listed
      .filter((line) => line.startsWith(start))
      .flatMap(
        (line) =>
          line
            .slice(start.length)
            .split(/ {2}|<|\[/)[0]
            ?.split('|') ?? [],
      )
      .map((name) => name.trim().split(' ')[0] ?? '')
      .filter((name) => /^[a-z]/.test(name));

  it('have every verb, and no other', () => {
    const known = createProgram('1.0.0', verbs).commands.map((command) => command.name());
    expect([...new Set(names('npm start -- '))].toSorted()).toEqual(
      [...known.filter((name) => name !== 'serve'), 'help'].toSorted(),
    );
  });

  it('have every script of package.json, and no other', () => {
    const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { scripts: Record<string, string> };
    const own = Object.keys(scripts).filter((name) => !['start', 'test'].includes(name));
    expect([...new Set(names('npm run ').map((name) => name.replace(/:$/, '')))].toSorted()).toEqual(own.toSorted());
  });
});

describe('the messages of the README', () => {
  const quoted = readme
    .slice(readme.indexOf('### When something goes wrong'), readme.indexOf('### Taking it away'))
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, text = '']) => text));
  const setup = ['setup', 'programs'].map((name) => readFileSync(`${root}/scripts/${name}.mjs`, 'utf8')).join('\n');

  it.each(quoted)('are the very words that Uprez says: %s', (text) => {
    // File names and what stands for a reason are a row's own facts.
    const parts = text
      .split(/…|“[^”]*”/)
      .map((part) => part.trim())
      .filter((part) => part.length > 2);
    const known = [...said(), setup];
    expect(known.some((words) => parts.every((part) => words.includes(part)))).toBe(true);
  });

  /** Every sentence of the error table, with a name in the place of each fact. */
  function said(): string[] {
    const facts = new Proxy({}, { get: () => 'Topaz' });
    return Object.values(errorTable).flatMap(({ say }) => [say(facts), say({})]);
  }
});

describe('docs/output-contract.md', () => {
  it('names every check of a real result, and no result has others', async () => {
    const page = readFileSync(`${root}/docs/output-contract.md`, 'utf8');
    const promised = [...page.matchAll(/^\| `([^`]+)` /gm)].map(([, name]) => name);
    await copyFile(
      await clip({ frames: 12, sounds: [{}], timecode: '01:00:00:00', extension: '.mov' }),
      reader.file('t.mov'),
    );
    await types('npm start -- upscale t.mov --model bicubic');
    const { said } = await types('npm start -- jobs --json');
    const job = (JSON.parse(said) as Job[]).find(({ task }) => task.source.endsWith('t.mov'));
    const found = job?.output?.checks.map(({ what }) => what) ?? [];
    const onlyHdr = ['mastering display', 'content light'];
    const expected = promised.filter((name) => !onlyHdr.includes(name ?? ''));
    expect(new Set(found)).toEqual(new Set(expected));
    expect(job?.output?.checks.every(({ ok }) => ok)).toBe(true);
  });
});

/** As `npm start` would, but in the reader's folder and with nothing of this machine's own settings. */
async function types(line: string): Promise<{ code: number | null; said: string }> {
  const [, args = ''] = /^npm start(?: -- ([^#]*))?/.exec(line) ?? [];
  const words = args.trim().split(/\s+/).filter(Boolean);
  const env = {
    ...{ PATH: process.env['PATH'], HOME: reader.file('home'), UPREZ_DATA_DIR: reader.file('data'), UPREZ_PORT: '0' },
    ...oneWay,
  };
  const child = spawn(process.execPath, [`${root}/scripts/start.mjs`, ...words], {
    ...{ cwd: reader.path, env, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  started.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
  if (words.length > 0) return { code: ((await once(child, 'close')) as [number | null])[0], said };
  // Without a verb it stays; its link is what it has to say.
  daemon = child;
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  return { code: daemon.exitCode ?? 0, said };
}
