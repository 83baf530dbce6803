import { fileURLToPath } from 'node:url';
import { type DaemonClient, type NewTask, type OutputFile, plainWay } from '@uprez/shared';
import type { Backend } from '../../src/backends/backend.ts';
import { createLocalBackend } from '../../src/backends/local/backend.ts';
import type { Patience } from '../../src/backends/local/stall.ts';
import { Speeds } from '../../src/backends/local/speeds.ts';
import type { Wish } from '../../src/backends/local/ways.ts';
import type { Clock } from '../../src/clock.ts';
import type { BackendParts } from '../../src/daemon.ts';
import { probe } from '../../src/media/probe.ts';
import { ModelRegistry } from '../../src/models/registry.ts';
import { untilView } from './clients.ts';
import { startTestDaemon } from './daemon.ts';
import { modelsFolder } from './folders.ts';
import { tempDir } from './temp-dir.ts';
import { ffmpegPath } from './tools.ts';

const engineScript = fileURLToPath(new URL('../../dist/engine.mjs', import.meta.url));

export interface LocalDaemon extends AsyncDisposable {
  readonly client: DaemonClient;
  /** Runs one task to its end. Rejects with an Error that starts with the error code when the job fails. */
  upscale(source: string, task?: Partial<NewTask>): Promise<OutputFile>;
}

export interface LocalDaemonOptions {
  /** By default all is done in the plain way, and no time goes into finding the fastest. */
  wish?: Wish;
  /** Variables for drivers of GPUs. */
  drivers?: Record<string, string>;
  /** How long an engine may do nothing. */
  patience?: Patience;
  /** Another engine than the built one. */
  script?: string;
  /** Another ffmpeg than the one that is found. */
  ffmpeg?: string;
  clock?: Clock;
  /** Told the number of each engine process. */
  started?: (pid: number) => void;
}

/** A real daemon with the real local backend; results go into a folder that is removed with it. */
export async function startLocalDaemon(options: LocalDaemonOptions = {}): Promise<LocalDaemon> {
  const { drivers = {}, started = () => undefined } = options;
  const results = tempDir();
  const threads = 2;
  const engine = {
    script: options.script ?? engineScript,
    drivers,
    ...(options.patience ? { patience: options.patience } : {}),
  };
  const wish = options.wish ?? plainWay;
  const backend = ({ speeds: book, log }: BackendParts): Backend =>
    createLocalBackend({
      ffmpeg: options.ffmpeg ?? ffmpegPath,
      models: new ModelRegistry([modelsFolder]),
      speeds: new Speeds({ book, wish, threads, machine: 'test', engine, log }),
      threads,
      outputFolder: () => results.path,
      tempFolder: null,
      engine,
      processes: { record: (_job, pid) => started(pid), forget: () => undefined },
    });
  const daemon = await startTestDaemon({
    backends: (parts) => [backend(parts)],
    probe: (path) => probe(path, { maxFileBytes: 1e9 }),
    ...(options.clock ? { clock: options.clock } : {}),
  });
  const client = await daemon.connect();
  return {
    client,
    async upscale(source, task = {}) {
      const [queued] = await client.call('addJobs', { jobs: [{ task: { source, model: 'bicubic', ...task } }] });
      const job = await untilView(client, (view) =>
        view.jobs.find(({ id, state }) => id === queued?.id && (state === 'succeeded' || state === 'failed')),
      );
      if (!job.output) throw new Error(`${job.error?.code}: ${job.error?.message}`);
      return job.output;
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await daemon[Symbol.asyncDispose]();
      results[Symbol.dispose]();
    },
  };
}
