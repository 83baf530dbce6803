import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, type DaemonClient } from '@uprez/shared';
import type { Chance } from '../support/chance.ts';
import { clip } from '../support/clips.ts';
import { runTool } from '../support/tools.ts';
import { type House, openHouse } from '../support/uprez-process.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';
import { crashes } from './s2-messages.ts';

/** Codes that a path may be refused with: the user's own, with a sentence that says what is wrong. */
const honest = /^(input|request|model|setup)\./;

/** What is done with a path, by everything that takes one. */
const uses: Readonly<Record<string, (client: DaemonClient, path: string) => Promise<unknown>>> = {
  probe: (client, path) => client.call('probe', { path }),
  estimate: (client, path) => client.call('estimate', { task: { source: path } }),
  source: (client, path) => client.call('addJobs', { jobs: [{ task: { source: path } }] }),
  model: (client, path) => client.call('addModel', { path }),
};

export const paths: Experiment = {
  id: 'S4',
  claim: 'Hostile paths are refused with a reason by everything that takes one; nothing is read, written or waited for',
  unit: 'paths',
  volume: { full: 600, short: 24 },
  hindrance: () => (process.platform === 'win32' ? 'needs links and pipes of POSIX; see the checklist' : undefined),
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    await using house = openHouse();
    const { client, stop, ended } = await house.daemon();
    const traps = await layTraps(house);
    const complaints = new Complaints();
    const before = contents(house.file('traps'));
    let calls = 0;
    for (let i = 0; i < volume; i++) {
      const path = hostile(traps, chance, i);
      for (const [name, hand] of Object.entries(uses)) {
        calls += 1;
        const said = await refusalOf(hand(client, path));
        complaints.expect(
          said !== undefined && honest.test(said.code),
          () => `${name} ${show(path)}: ${said?.code ?? 'taken'}`,
        );
        complaints.expect(!said?.message.includes('CANARY'), () => `${name} ${show(path)} shows what is in the file`);
      }
      const wanted = outputPath(path, chance);
      const said = await refusalOf(client.call('changeSettings', { outputFolder: wanted }));
      complaints.expect(
        said?.code === 'input.bad-path',
        () => `a folder for results ${show(wanted)}: ${said?.code ?? 'taken'}`,
      );
      if (i % 200 === 0) say(`${i + 1} paths`);
    }
    complaints.expect(contents(house.file('traps')) === before, () => 'the folder of the traps has changed');
    complaints.expect((await client.call('listJobs', {})).length === 0, () => 'there are jobs');
    await stop();
    complaints.expect((await ended) === 0, () => 'the daemon did not end well');
    return {
      done: volume,
      bad: [...complaints.list, ...crashes(house.file('data', 'log', 'uprez.log'))],
      notes: [`${calls} calls`],
    };
  },
};

/** Things that must not be opened, and a clip whose neighbours they are. */
async function layTraps(house: House): Promise<string> {
  const traps = house.file('traps');
  mkdirSync(join(traps, 'folder.mp4'), { recursive: true });
  copyFileSync(await clip(), join(traps, 'good.mp4'));
  writeFileSync(join(traps, 'secret.mp4'), 'CANARY: this is no clip');
  await runTool('mkfifo', [join(traps, 'pipe.mp4')]);
  const links = {
    'zero.mp4': '/dev/zero',
    'tty.mp4': '/dev/tty',
    'memory.mp4': '/proc/self/mem',
    'circle.mp4': 'circle.mp4',
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(traps, name));
  symlinkSync(join(traps, 'pipe.mp4'), join(traps, 'to-pipe.mp4'));
  symlinkSync(join(traps, 'secret.mp4'), join(traps, 'to-secret.mp4'));
  symlinkSync('/nowhere/at/all.mp4', join(traps, 'dangling.mp4'));
  return traps;
}

type Shape = (traps: string, chance: Chance) => string;

const shapes: readonly Shape[] = [
  ...['pipe.mp4', 'to-pipe.mp4', 'zero.mp4', 'tty.mp4', 'memory.mp4', 'circle.mp4', 'dangling.mp4', 'folder.mp4'].map(
    inTraps,
  ),
  ...['secret.mp4', 'to-secret.mp4', 'missing.mp4', 'good.mp4/more', 'good.mp4/../secret.mp4'].map(inTraps),
  ...[
    'good.mp4\0.txt',
    'good.mp4\n',
    '\u202egood.mp4',
    'g\u043e\u043ed.mp4',
    'good.mp4 ',
    'good.mp4.',
    'good.mp4::$DATA',
  ].map(inTraps),
  ...['-i', '-version.mov', 'concat:a|b.mp4', 'http:evil.mov', '%03d.mp4', '$(id).mp4', '`id`.mp4', 'a;b.mp4'].map(
    inTraps,
  ),
  ...['relative.mp4', '../relative.mp4', '~/clip.mp4', '', '.', '/', 'C:\\clip.mp4', 'file:///etc/passwd'].map(asIs),
  ...['//server/share/clip.mp4', '\\\\server\\share\\clip.mp4', '\\\\?\\UNC\\server\\clip.mp4', '\\\\.\\pipe\\x'].map(
    asIs,
  ),
  ...['/dev/zero', '/dev/stdin', '/dev/fd/0', '/proc/self/mem', '/proc/1/environ', '/sys/kernel/notes'].map(asIs),
  ...['/etc/passwd', '/etc/shadow', '/etc', 'CON', 'nul.mp4', 'http://127.0.0.1/clip.mp4', 'smb://server/clip'].map(
    asIs,
  ),
  (traps, chance) => `${traps}/${'../'.repeat(Math.floor(chance.fraction() * 40))}etc/passwd`,
  (_, chance) => `/${'a'.repeat(Math.floor(chance.fraction() * 6000))}`,
  (traps, chance) => `${traps}/${'é'.repeat(Math.floor(chance.fraction() * 300))}.mp4`,
  (_, chance) => String.fromCharCode(...Array.from({ length: 30 }, () => 1 + Math.floor(chance.fraction() * 0xfffe))),
  (_, chance) =>
    `/${String.fromCharCode(...Array.from({ length: 30 }, () => 32 + Math.floor(chance.fraction() * 0xff00)))}.mp4`,
];

function inTraps(name: string): Shape {
  return (traps) => `${traps}/${name}`;
}

function asIs(path: string): Shape {
  return () => path;
}

/** Each shape as often as every other. */
function hostile(traps: string, chance: Chance, index: number): string {
  return shapes[index % shapes.length]!(traps, chance);
}

/** Folders are named by the user, and may be anywhere; what must not be looked up is refused by its text alone. */
function outputPath(path: string, chance: Chance): string {
  const forbidden = ['relative', '//server/share', '/dev/shm', '/proc/self', '/a\0b', 'https://example.org/a', '/a\nb'];
  // Not what leads out again of the place that is forbidden.
  const more = path.startsWith('/') && !path.includes('..') ? path.slice(0, 50) : '';
  return `${forbidden[Math.floor(chance.fraction() * forbidden.length)]!}${more}`;
}

async function refusalOf(work: Promise<unknown>): Promise<AppError | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof AppError) return error;
      throw error;
    },
  );
}

/** Names, sizes and bytes; a pipe is only named. */
function contents(folder: string): string {
  const facts = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .map((entry) => `${entry.name} ${entry.isFile() ? readFileSync(join(entry.parentPath, entry.name)).length : 'x'}`)
    .sort();
  return `${facts.join('\n')} ${statSync(join(folder, 'good.mp4')).mtimeMs}`;
}

function show(path: string): string {
  return JSON.stringify(path.slice(0, 60));
}
