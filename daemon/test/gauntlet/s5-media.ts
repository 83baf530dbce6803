import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { AppError, type DaemonClient, type NewTask } from '@uprez/shared';
import { open } from '../../src/media/args.ts';
import { runFfmpeg } from '../../src/media/ffmpeg.ts';
import { readEndpoint } from '../../src/instance.ts';
import { playlists } from '../support/bad-files.ts';
import type { Chance } from '../support/chance.ts';
import { untilEnded } from '../support/clients.ts';
import { clip } from '../support/clips.ts';
import { ffmpegPath } from '../support/tools.ts';
import { type House, openHouse, queueTask } from '../support/uprez-process.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';
import { monsters } from './monsters.ts';
import { crashes } from './s2-messages.ts';

/** Errors that say what is wrong with a file, or that its decoder gave up. */
const honest = /^(input|request|local)\./;
/** Of the files that are let in, so many are made into results, too. */
const DECODED = 0.1;

export const media: Experiment = {
  id: 'S5',
  claim:
    'Hostile media files are refused or decoded; no other file gets into a result, nobody is called, nothing falls over',
  unit: 'files',
  volume: { full: 400, short: 16 },
  async run({ volume, chance, say }: Order): Promise<Outcome> {
    await using house = openHouse();
    const trace = house.file('connections.txt');
    const { client, ended } = await house.daemon(canTrace() ? tracing(trace) : []);
    const { port } = readEndpoint(house.file('data', 'endpoint.json'))!;
    await using trap = await openTrap();
    const complaints = new Complaints();
    const files = await makeFiles(house, { volume, chance, port: trap.port });
    const tally = { refused: 0, taken: 0, decoded: 0, failed: 0 };
    for (const [index, file] of files.entries()) {
      const taken = await meet(file, client, complaints);
      tally[taken ? 'taken' : 'refused'] += 1;
      if (taken && tally.decoded + tally.failed < volume * DECODED) {
        const state = await upscale(
          client,
          { source: file.path, model: 'bicubic', output: house.file('out') },
          complaints,
        );
        tally[state === 'succeeded' ? 'decoded' : 'failed'] += 1;
      }
      if (index % 50 === 49) say(`${index + 1} files`);
    }
    complaints.expect(trap.visitors() === 0, () => `${trap.visitors()} connections to the trap`);
    complaints.expect(!holds(house.file('out'), '.partial'), () => 'unfinished files are left over');
    await client.call('shutdown', {});
    complaints.expect((await ended) === 0, () => 'the daemon did not end well');
    const strangers = calledIn(trace, port);
    complaints.expect(strangers.length === 0, () => `calls: ${strangers.slice(0, 3).join('; ')}`);
    const notes = notesOf(tally);
    return { done: files.length, bad: [...complaints.list, ...crashes(house.file('data', 'log', 'uprez.log'))], notes };
  },
};

function canTrace(): boolean {
  try {
    execFileSync('strace', ['-f', '--seccomp-bpf', '-o', '/dev/null', '-e', 'trace=connect', 'true'], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

/** Shows a file to the probe, and a playlist to ffmpeg, too. Resolves to whether it was taken. */
async function meet({ path, isPlaylist }: HostileFile, client: DaemonClient, complaints: Complaints): Promise<boolean> {
  const refusal = await probeOf(client, path);
  complaints.expect(refusal === undefined || honest.test(refusal), () => `${path}: ${refusal}`);
  complaints.expect(!isPlaylist || refusal !== undefined, () => `${path}: a playlist was taken for a clip`);
  if (isPlaylist) complaints.expect(await refusedByDecoder(path), () => `${path}: ffmpeg followed a playlist`);
  return refusal === undefined;
}

/** Calls to anybody but the daemon itself, to whom the command line that started it talks. */
function calledIn(trace: string, ownPort: number): string[] {
  const lines = existsSync(trace) ? readFileSync(trace, 'utf8').split('\n') : [];
  return lines.filter((line) => line.includes('AF_INET') && !line.includes(`htons(${ownPort})`));
}

/** Runs a command and notes whom it and its children call. */
function tracing(file: string): string[] {
  return ['strace', '-f', '-qq', '--seccomp-bpf', '-e', 'trace=connect', '-o', file];
}

function notesOf({
  refused,
  taken,
  decoded,
  failed,
}: Record<'refused' | 'taken' | 'decoded' | 'failed', number>): string[] {
  return [
    `${refused} refused, ${taken} taken; of those ${decoded} made into results and ${failed} failed with a reason`,
    canTrace() ? 'every connect() of the daemon and all its children was traced' : 'not traced: no strace',
  ];
}

interface HostileFile {
  path: string;
  isPlaylist: boolean;
}

interface Wanted {
  volume: number;
  chance: Chance;
  port: number;
}

async function makeFiles(house: House, { volume, chance, port }: Wanted): Promise<HostileFile[]> {
  mkdirSync(house.file('clips'));
  mkdirSync(house.file('out'));
  const good = await clip({ frames: 12 });
  copyFileSync(good, house.file('secret.mp4'));
  const files: HostileFile[] = [];
  const add = (name: string, bytes: string | Uint8Array, isPlaylist = false): void => {
    const path = house.file('clips', `${files.length}-${name}`);
    writeFileSync(path, bytes);
    files.push({ path, isPlaylist });
  };
  // Half of the short programme, a tenth of the whole one.
  for (const extension of ['mp4', 'mov', 'mkv', 'avi'])
    for (const [name, make] of Object.entries(playlists))
      add(`${name}.${extension}`, make(house.file('secret.mp4')), true);
  for (const extension of ['mp4', 'mov']) for (const text of callers(port)) add(`caller.${extension}`, text, true);
  for (const [name, bytes] of monsters(readFileSync(good))) add(`${name}.mp4`, bytes);
  const seeds = await Promise.all(bases.map((options) => clip(options)));
  while (files.length < volume) {
    const source = seeds[Math.floor(chance.fraction() * seeds.length)]!;
    add(`mutant.${source.split('.').at(-1)}`, mutate(readFileSync(source), chance));
  }
  return chance.shuffled(files).slice(0, volume);
}

const bases = [
  { frames: 12 },
  { frames: 8, codec: 'prores', extension: '.mov' },
  { frames: 12, codec: 'mpeg4', extension: '.avi' },
  { frames: 12, extension: '.mkv' },
  { frames: 12, extension: '.ts' },
  { frames: 12, codec: 'mpeg2', extension: '.mxf' },
  { frames: 12, codec: 'mjpeg', extension: '.mov', sounds: [{}] },
] as const;

/** Playlists that would call somebody. */
function callers(port: number): string[] {
  const url = `http://127.0.0.1:${port}/clip.ts`;
  return [
    `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${url}\n#EXT-X-ENDLIST\n`,
    `ffconcat version 1.0\nfile '${url}'\n`,
    `<?xml version="1.0"?>\n<MPD><Period><BaseURL>${url}</BaseURL></Period></MPD>\n`,
  ];
}

/** Some bytes are others, some are gone, some are there twice. */
function mutate(bytes: Buffer, chance: Chance): Buffer {
  let result = Buffer.from(bytes);
  const place = (): number => Math.floor(chance.fraction() ** 2 * result.length);
  for (let i = 0; i < 1 + chance.fraction() * 30; i++) result.writeUInt8(Math.floor(chance.fraction() * 256), place());
  const kind = chance.fraction();
  const [from, to] = [place(), place()].sort((a, b) => a - b) as [number, number];
  if (kind < 0.2) result = result.subarray(0, to);
  else if (kind < 0.35) result = Buffer.concat([result.subarray(0, from), result.subarray(to)]);
  else if (kind < 0.5) result = Buffer.concat([result.subarray(0, to), result.subarray(from)]);
  else if (kind < 0.6) result.fill(0xff, from, Math.min(to, from + 64));
  return result;
}

async function probeOf(client: DaemonClient, path: string): Promise<string | undefined> {
  return client.call('probe', { path }).then(
    () => undefined,
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
}

/** The second wall: what the probe refuses, ffmpeg would not open either. */
async function refusedByDecoder(path: string): Promise<boolean> {
  const args = [...open(path), '-map', '0:v:0', '-frames:v', '1', '-f', 'framecrc', 'pipe:1'];
  return runFfmpeg(ffmpegPath, args).then(
    (output) => output.length === 0,
    () => true,
  );
}

async function upscale(client: DaemonClient, task: NewTask, complaints: Complaints): Promise<string> {
  try {
    const { id } = await queueTask(client, task);
    const { state, error } = await untilEnded(client, id);
    // Failed jobs keep what they have for a retry, until they leave the list.
    await client.call('removeJob', { id });
    complaints.expect(state === 'succeeded' || honest.test(error?.code ?? ''), () => `${task.source}: ${error?.code}`);
    return state;
  } catch (error) {
    complaints.expect(error instanceof AppError && honest.test(error.code), () => `${task.source}: ${String(error)}`);
    return 'refused';
  }
}

/** Somebody whom nobody must call. */
async function openTrap() {
  let visitors = 0;
  const server = createServer((socket) => {
    visitors += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { port, visitors: () => visitors, [Symbol.asyncDispose]: async () => void server.close() };
}

function holds(folder: string, ending: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(ending));
}
