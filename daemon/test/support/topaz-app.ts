import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DaemonClient, isSettled, type Job, type NewTask } from '@uprez/shared';
import { createDesktopBackend } from '../../src/backends/topaz/desktop/backend.ts';
import { probe } from '../../src/media/probe.ts';
import { untilView } from './clients.ts';
import { type ClipOptions, clip } from './clips.ts';
import { startTestDaemon } from './daemon.ts';
import { type TempDir, tempDir } from './temp-dir.ts';
import { ffmpegPath } from './tools.ts';

/** What the app's ffmpeg does instead of its work. */
export type Mood =
  | 'works'
  | 'says that the user is signed out'
  | 'stands still'
  | 'fails'
  | 'lacks the model'
  | 'makes half of the frames';

export interface TopazApp {
  readonly folder: string;
  /** Holds for the next runs. */
  be(mood: Mood): void;
  /** What its ffmpeg was called with the last time, and the names of the variables that it saw. */
  lastCall(): { args: string[]; variables: string[] };
  /** How often its ffmpeg was called. */
  calls(): number;
}

/**
 * A stand-in for Topaz Video as it lies on a disk: descriptions of models, and an ffmpeg of its own. That one is the tests'
 * ffmpeg with `tvai_up` replaced by plain scaling in the same format, so what comes out is a real file.
 */
export function installTopazApp(folder: string): TopazApp {
  mkdirSync(join(folder, 'models'), { recursive: true });
  for (const [name, content] of Object.entries(descriptions))
    writeFileSync(join(folder, 'models', name), typeof content === 'string' ? content : JSON.stringify(content));
  const program = join(folder, 'ffmpeg');
  writeFileSync(program, script(folder));
  chmodSync(program, 0o755);
  const be = (mood: Mood): void => writeFileSync(join(folder, 'mood'), mood);
  be('works');
  return {
    folder,
    be,
    calls: () => readFileSync(join(folder, 'calls'), 'utf8').length,
    lastCall: () => JSON.parse(readFileSync(join(folder, 'call.json'), 'utf8')) as ReturnType<TopazApp['lastCall']>,
  };
}

/** Of each kind that the app has; what is not known of a description's format is left out. */
const descriptions = {
  'prob-4.json': { modelType: 1, enabled: true, displayName: 'Proteus', gui: { desc: 'all-rounder', maxScale: 4 } },
  'iris-3.json': { modelType: 1, gui: { name: 'Iris', minScale: 1, maxScale: 2 } },
  'apo-8.json': { modelType: 2, enabled: true, displayName: 'Apollo' },
  'slp-2.6.json': { modelType: 1, isNeuroserverModel: true, displayName: 'Starlight Precise' },
  'old-1.json': { modelType: 1, enabled: false, displayName: 'Old' },
  'broken-1.json': '{ "modelType": 1,',
  'settings.json': { modelType: 1 },
};

const script = (folder: string): string => `#!${process.execPath}
const { spawn } = require('node:child_process');
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
writeFileSync(${JSON.stringify(join(folder, 'call.json'))}, JSON.stringify({ args, variables: Object.keys(process.env) }));
appendFileSync(${JSON.stringify(join(folder, 'calls'))}, '.');
const mood = readFileSync(${JSON.stringify(join(folder, 'mood'))}, 'utf8');
const die = (text) => { process.stderr.write(text + '\\n'); process.exit(1); };
if (mood === 'fails') die('[tvai_up] Unable to load the engine');
if (mood === 'lacks the model') die('[tvai_up] Model not found: prob-4');
if (mood === 'says that the user is signed out') process.stderr.write('[tvai] reauthentication is required\\n');
if (mood === 'stands still') setInterval(() => undefined, 1000);
else {
  const half = mood === 'makes half of the frames' ? ',select=lt(n\\\\,12)' : '';
  const plain = (text) => text.replace(/tvai_up=[^,]*scale=(\\d)[^,]*/, 'scale=iw*$1:ih*$1:flags=bicubic,format=rgb48le' + half);
  spawn(${JSON.stringify(ffmpegPath)}, args.map(plain), { stdio: 'inherit' }).on('exit', (code) => process.exit(code));
}
`;

export interface DesktopHouse extends AsyncDisposable {
  readonly folder: TempDir;
  readonly app: TopazApp;
  /** Of the daemon at work; another one after each `restart`. */
  readonly client: DaemonClient;
  /** Ends the daemon as a shutdown would, and starts another one on the same data. */
  restart(between: () => void): Promise<void>;
  /** Numbers of all processes that were started. */
  readonly started: readonly number[];
  /** Queues a clip of the recipe, `sea.mov` in the folder. */
  queue(task?: Partial<NewTask>, recipe?: ClipOptions): Promise<Job>;
  ended(id: string): Promise<Job>;
  /** Names of everything in the folder and in the folder for files on their way. */
  left(): string[];
}

/** A daemon with the desktop backend, and the app that it works with, unless it is not there. */
export async function openDesktopHouse({ installed = true } = {}): Promise<DesktopHouse> {
  const folder = tempDir();
  const started: number[] = [];
  const app = installTopazApp(folder.file('Topaz Video'));
  if (!installed) rmSync(app.folder, { recursive: true });
  const backend = createDesktopBackend({
    ...{ ffmpeg: ffmpegPath, folder: app.folder, outputFolder: () => null, workFolder: folder.file('work') },
    environment: { PATH: process.env['PATH'] ?? '', HOME: '/home/of/the/user' },
    processes: { record: (_job, pid) => void started.push(pid), forget: () => undefined },
    patience: { firstFrameMs: 4000, frameMs: 4000 },
  });
  const limits = { maxFileBytes: 1e12 };
  const start = () =>
    startTestDaemon({
      ...{ backends: [backend], dataDir: folder.file('data'), probe: (path) => probe(path, limits) },
    });
  let daemon = await start();
  let client = await daemon.connect();
  return {
    ...{ folder, app, started },
    get client() {
      return client;
    },
    async restart(between) {
      client.close();
      await daemon[Symbol.asyncDispose]();
      between();
      daemon = await start();
      client = await daemon.connect();
    },
    async queue(task = {}, recipe = {}) {
      const source = folder.file('sea.mov');
      copyFileSync(await clip({ extension: '.mov', numbered: true, ...recipe }), source);
      const whole = { source, backend: 'topaz-desktop', model: 'prob-4', ...task } as const;
      const [job] = await client.call('addJobs', { jobs: [{ task: whole }] });
      return job!;
    },
    ended: (id) => untilView(client, ({ jobs }) => jobs.find((job) => job.id === id && isSettled(job.state))),
    left: () => [...readdirSync(folder.path), ...readdirSync(folder.file('work'))].sort(),
    async [Symbol.asyncDispose]() {
      client.close();
      await daemon[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}
