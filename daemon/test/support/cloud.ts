import { copyFileSync } from 'node:fs';
import type { DaemonClient, Job, NewTask, OutputFile, SettingsPatch } from '@uprez/shared';
import { createTopazBackend } from '../../src/backends/topaz/backend.ts';
import type { Wait } from '../../src/backends/topaz/wait.ts';
import { openKeyStore } from '../../src/key-store.ts';
import { silentLog } from '../../src/log.ts';
import { probe } from '../../src/media/probe.ts';
import { untilView } from './clients.ts';
import { type ClipOptions, clip } from './clips.ts';
import { startTestDaemon, type TestDaemon } from './daemon.ts';
import { memoryKeychain } from './keychains.ts';
import { noWait } from './no-wait.ts';
import { type TempDir, tempDir } from './temp-dir.ts';
import { ffmpegPath } from './tools.ts';
import { type EmulatorOptions, startTopazEmulator, type TopazEmulator } from './topaz/emulator.ts';

/** Small enough that every test clip has several parts. */
export const SMALL_PARTS = { segmentBytes: 30_000, singleUpToFrames: 2 };

export interface CloudHouse extends AsyncDisposable {
  readonly emulator: TopazEmulator;
  readonly folder: TempDir;
  /** The daemon at work; another one after each `restart`. */
  readonly daemon: TestDaemon;
  readonly client: DaemonClient;
  /** A clip of the test's own in the folder. */
  clip(name: string, options?: ClipOptions): Promise<string>;
  queue(source: string, task?: Partial<NewTask>): Promise<Job>;
  /** Queues a clip and resolves when its job has ended or waits for approval. */
  upscale(source: string, task?: Partial<NewTask>): Promise<Job>;
  /** Approves a job and resolves when it has ended. */
  approve(id: string): Promise<Job>;
  /** Retries a job and resolves when it has ended or waits for approval. */
  retry(id: string): Promise<Job>;
  /** Ends the daemon as a shutdown would, and starts another one on the same data, or on what `between` makes of it. */
  restart(between?: () => void): Promise<void>;
}

export interface CloudOptions {
  emulator?: EmulatorOptions;
  settings?: SettingsPatch;
  /** The key that the daemon has; by default the emulator's. */
  key?: (emulator: TopazEmulator) => string | null;
  wait?: Wait;
}

/** A daemon with the cloud backend, and the emulated service it works with. */
export async function openCloudHouse(options: CloudOptions = {}): Promise<CloudHouse> {
  const { settings = { spendPerJob: 1000, spendPerDay: 1000 }, key = (service) => service.key } = options;
  const emulator = await startTopazEmulator({ partRules: SMALL_PARTS, ...options.emulator });
  const folder = tempDir();
  const keys = openKeyStore(folder.file('keys.json'), memoryKeychain());
  const given = key(emulator);
  if (given !== null) await keys.write('topaz', given);
  const start = async () => {
    const backend = createTopazBackend({
      ...{ ffmpeg: ffmpegPath, apiKey: () => keys.read('topaz'), outputFolder: () => null, log: silentLog() },
      ...{ workFolder: folder.file('work'), settings: () => daemon.queue.settings(), baseUrl: emulator.url },
      processes: { record: () => undefined, forget: () => undefined },
      wait: options.wait ?? noWait,
      segmentBytes: options.emulator?.partRules?.segmentBytes ?? SMALL_PARTS.segmentBytes,
    });
    const limits = { maxFileBytes: 1e12 };
    const daemon: TestDaemon = await startTestDaemon({
      ...{ backends: [backend], dataDir: folder.file('data'), probe: (path) => probe(path, limits), keys },
    });
    daemon.queue.changeSettings(settings);
    return { daemon, client: await daemon.connect() };
  };
  let current = await start();
  const house: CloudHouse = {
    ...{ emulator, folder },
    get daemon() {
      return current.daemon;
    },
    get client() {
      return current.client;
    },
    async clip(name, recipe = {}) {
      const path = folder.file(name);
      copyFileSync(await clip({ extension: '.mp4', ...recipe }), path);
      return path;
    },
    async queue(source, task = {}) {
      const wanted = { source, backend: 'topaz' as const, model: 'prob-4', ...task };
      const [job] = await current.client.call('addJobs', { jobs: [{ task: wanted }] });
      return job!;
    },
    async upscale(source, task) {
      return untilDecided(current.client, (await house.queue(source, task)).id);
    },
    async approve(id) {
      await current.client.call('approveJob', { id });
      return untilDecided(current.client, id);
    },
    async retry(id) {
      await current.client.call('retryJob', { id });
      return untilDecided(current.client, id);
    },
    async restart(between = () => undefined) {
      current.client.close();
      await current.daemon[Symbol.asyncDispose]();
      between();
      current = await start();
    },
    async [Symbol.asyncDispose]() {
      current.client.close();
      await current.daemon[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
  return house;
}

/** The job when it has ended, or waits for somebody. */
export function untilDecided(client: DaemonClient, id: string): Promise<Job> {
  const over = ['succeeded', 'failed', 'cancelled', 'awaiting-approval'];
  return untilView(client, (view) => view.jobs.find((job) => job.id === id && over.includes(job.state)));
}

/** The finished file. Fails with the job's error where there is none. */
export function outputOf(job: Job): OutputFile {
  if (!job.output) throw new Error(`${job.state}: ${job.error?.code} ${job.error?.message}`);
  return job.output;
}
