import { fileURLToPath } from 'node:url';
import type { NewTask, OutputFile } from '@uprez/shared';
import { createLocalBackend } from '../../src/backends/local/backend.ts';
import { candidateWays, type Wish, withFallback } from '../../src/backends/local/ways.ts';
import { probe } from '../../src/media/probe.ts';
import { ModelRegistry } from '../../src/models/registry.ts';
import { untilView } from './clients.ts';
import { startTestDaemon } from './daemon.ts';
import { tempDir } from './temp-dir.ts';
import { ffmpegPath } from './tools.ts';

const engineScript = fileURLToPath(new URL('../../dist/engine.mjs', import.meta.url));
export const modelsFolder = fileURLToPath(new URL('../../../models', import.meta.url));

export interface LocalDaemon extends AsyncDisposable {
  /** Runs one task to its end. Rejects with an Error that starts with the error code when the job fails. */
  upscale(source: string, task?: Partial<NewTask>): Promise<OutputFile>;
}

const noWish: Wish = { provider: null, precision: null };

/** A real daemon with the real local backend; results go into a folder that is removed with it. */
export async function startLocalDaemon(wish: Wish = noWish): Promise<LocalDaemon> {
  const results = tempDir();
  const backend = createLocalBackend({
    ffmpeg: ffmpegPath,
    models: new ModelRegistry([modelsFolder]),
    ways: (model) => Promise.resolve(withFallback(candidateWays(model, wish, ['cpu']))),
    threads: 2,
    outputFolder: () => results.path,
    tempFolder: null,
    engineScript,
    processes: { record: () => undefined, forget: () => undefined },
  });
  const daemon = await startTestDaemon({
    backends: [backend],
    probe: (path) => probe(path, { maxFileBytes: 1e9 }),
  });
  const client = await daemon.connect();
  return {
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
