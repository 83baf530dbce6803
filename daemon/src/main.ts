import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { AppError } from '@uprez/shared';
import type { Backend } from './backends/backend.ts';
import { createLocalBackend } from './backends/local/backend.ts';
import type { StartOptions } from './cli/connect.ts';
import { runCli } from './cli/main.ts';
import type { Config } from './config.ts';
import { type BackendParts, type RunningDaemon, startDaemon } from './daemon.ts';
import { checkHealth } from './health.ts';
import { findFfmpeg } from './media/find-ffmpeg.ts';
import { probe } from './media/probe.ts';
import { ModelRegistry } from './models/registry.ts';
import { VERSION } from './version.ts';

// The bundle lies two folders below the root, as this file does; its siblings are bundles too.
const engineScript = fileURLToPath(new URL('./engine.mjs', import.meta.url));
const bundledModels = fileURLToPath(new URL('../../models', import.meta.url));
const dashboardFolder = fileURLToPath(new URL('../../plugin/dist/dashboard', import.meta.url));

process.exitCode = await runCli(process.argv.slice(2), { version: VERSION, startDaemon: start });

/** The daemon with everything real in it. */
function start(config: Config, { runJobs, lasting }: StartOptions): Promise<RunningDaemon> {
  const models = new ModelRegistry(config.modelPath === null ? [bundledModels] : [bundledModels, config.modelPath]);
  const threads = config.threads ?? availableParallelism();
  const ffmpeg = () => findFfmpeg(config.ffmpegPath, config.searchPath);
  return startDaemon({
    config,
    runJobs,
    lasting,
    dashboardFolder,
    probe: (path) => probe(path, { maxFileBytes: config.maxFileSize }),
    checks: () =>
      checkHealth({ config, ffmpeg, threads, models: () => models.models(), checkModel: (id) => models.check(id) }),
    backends: async (parts) => [await localBackend(parts, { models, threads, ffmpeg })],
  });
}

interface LocalParts {
  models: ModelRegistry;
  threads: number;
  ffmpeg: () => ReturnType<typeof findFfmpeg>;
}

async function localBackend({ config, ledger, settings, log }: BackendParts, parts: LocalParts): Promise<Backend> {
  const { models, threads } = parts;
  const found = await parts.ffmpeg().catch(asAppError);
  const local = createLocalBackend({
    models,
    threads,
    ffmpeg: found instanceof AppError ? '' : found.path,
    outputFolder: () => settings().outputFolder ?? config.outputDir,
    tempFolder: config.tempDir,
    engineScript,
    processes: ledger,
  });
  if (!(found instanceof AppError)) return local;
  // Without ffmpeg the daemon still shows its list and says what is missing.
  log.error({ err: found }, 'no ffmpeg');
  return { ...local, estimate: () => Promise.reject(found), run: () => Promise.reject(found) };
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  throw error;
}
