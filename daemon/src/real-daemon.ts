import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { AppError, type DaemonClient, type Settings, type WaySpeed } from '@uprez/shared';
import type { Backend } from './backends/backend.ts';
import { createLocalBackend } from './backends/local/backend.ts';
import type { EngineProcessOptions } from './backends/local/engine-process.ts';
import { inspectModel } from './backends/local/inspect-model.ts';
import { Speeds } from './backends/local/speeds.ts';
import { createTopazBackend } from './backends/topaz/backend.ts';
import { createDesktopBackend } from './backends/topaz/desktop/backend.ts';
import { describeInstallation, places } from './backends/topaz/desktop/installation.ts';
import type { RunningDaemon, StartOptions } from './cli/connect.ts';
import type { Config } from './config.ts';
import { systemClock } from './clock.ts';
import { type BackendParts, startDaemon } from './daemon.ts';
import { checkHealth } from './health.ts';
import { AddedModels } from './library/added-models.ts';
import { createDownload } from './library/download.ts';
import { ModelLibrary } from './library/library.ts';
import type { Logger } from './log.ts';
import { ownLoginItem } from './login/own-login-item.ts';
import { reportFfmpegTo } from './media/ffmpeg.ts';
import { type FfmpegTool, findFfmpeg } from './media/find-ffmpeg.ts';
import { probe } from './media/probe.ts';
import { readOffers } from './models/catalog.ts';
import { ModelRegistry } from './models/registry.ts';
import { helperCommand } from './tray/helper-command.ts';
import type { HelperCommand } from './tray/helper-process.ts';
import { Tray } from './tray/tray.ts';

// The bundle lies two folders below the root, as this file does; its siblings are bundles too.
const programsFolder = fileURLToPath(new URL('.', import.meta.url));
const engineScript = fileURLToPath(new URL('./engine.mjs', import.meta.url));
const bundledModels = fileURLToPath(new URL('../../models', import.meta.url));
const inspectionScript = fileURLToPath(new URL('./inspection.mjs', import.meta.url));
const convertScript = fileURLToPath(new URL('./convert.mjs', import.meta.url));
/** The model by which `uprez doctor` tells how fast this computer is. */
const USUAL_MODEL = 'fast';
const dashboardFolder = fileURLToPath(new URL('../../plugin/dist/dashboard', import.meta.url));

/** The daemon with everything real in it. */
export async function start(config: Config, { runJobs, lasting }: StartOptions): Promise<RunningDaemon> {
  const added = new AddedModels(config.paths.models);
  const offers = readOffers(bundledModels);
  const folders = config.modelPath === null ? [bundledModels] : [bundledModels, config.modelPath];
  const models = new ModelRegistry(folders, { added, offers });
  const threads = config.threads ?? availableParallelism();
  const ffmpeg = () => findFfmpeg(config.ffmpegPath, config.searchPath);
  let tray: Tray | undefined;
  let ways = (): Promise<WaySpeed[]> => Promise.resolve([]);
  const daemon = await startDaemon({
    ...{ config, runJobs, lasting, dashboardFolder },
    probe: (path) => probe(path, { maxFileBytes: config.maxFileSize }),
    ffmpeg: async () => (await ffmpeg()).path,
    checks: (house) => {
      const state = { house, login: ownLoginItem(config), tray: trayWords(config, house.settings, tray) };
      const checkModel = (id: string) => verify(id, models, added);
      const tools = { ffmpeg, topazApp: () => topazAppHere(config), models: () => models.models() };
      return checkHealth({ ...state, ...tools, config, threads, ways, checkModel });
    },
    library: (own) =>
      new ModelLibrary({
        ...{ ...own, added, registry: models, offers, convertScript },
        download: createDownload(),
        inspect: (file, options) => inspectModel(file, { script: inspectionScript, ...options }),
      }),
    backends: async (parts) => {
      reportFfmpegTo(parts.ledger);
      const speeds = speedsOf(parts, threads);
      ways = () => speeds.tried(models.engineModel(USUAL_MODEL));
      const found = await ffmpeg().catch(asAppError);
      if (found instanceof AppError) parts.log.error({ err: found }, 'no ffmpeg');
      return [
        localBackend(parts, { models, threads, speeds, found }),
        cloudBackend(parts, found),
        desktopBackend(parts, found),
      ];
    },
  });
  return { ...daemon, showTray: (client) => (tray = showTray(client, config, daemon.log)) };
}

function trayCommand({ desktop }: Config): HelperCommand | undefined {
  const { platform, execPath } = process;
  return helperCommand({ platform, node: execPath, programs: programsFolder, env: desktop });
}

/** Undefined where there is no desktop to show it on. */
function showTray(client: DaemonClient, config: Config, log: Logger): Tray | undefined {
  const command = trayCommand(config);
  return command && new Tray({ client, command, login: ownLoginItem(config), clock: systemClock, log });
}

function trayWords(config: Config, settings: Settings, tray: Tray | undefined): string {
  if (!settings.tray) return 'off; to turn it on, type: uprez settings tray true';
  if (tray?.isReady) return 'ready for the desktop’s panel';
  if (tray) return 'it does not start; the log says why';
  return trayCommand(config) ? 'comes with `uprez serve`' : 'there is no desktop session here';
}

/** Throws `model.corrupt` when a model can't be read or its file is not the one that was added. */
async function verify(id: string, models: ModelRegistry, added: AddedModels): Promise<void> {
  models.check(id);
  const model = added.find(id);
  if (model) await added.verify(model);
}

interface LocalParts {
  models: ModelRegistry;
  threads: number;
  speeds: Speeds;
  found: FfmpegTool | AppError;
}

function engineOf({ config: { drivers }, ledger }: Pick<BackendParts, 'config' | 'ledger'>): EngineProcessOptions {
  return { script: engineScript, drivers, ledger };
}

/** With another processor, system or runtime, speeds are others. */
function speedsOf({ config, speeds, ledger, log }: BackendParts, threads: number): Speeds {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  const machine = `${process.platform} ${process.arch} ${cpus()[0]?.model ?? ''}, onnxruntime ${version}`;
  return new Speeds({ book: speeds, wish: config, threads, machine, engine: engineOf({ config, ledger }), log });
}

function localBackend({ config, ledger, settings }: BackendParts, parts: LocalParts): Backend {
  const { models, threads, speeds, found } = parts;
  const local = createLocalBackend({
    models,
    speeds,
    threads,
    ffmpeg: pathOf(found),
    outputFolder: outputFolderOf({ config, settings }),
    tempFolder: config.tempDir,
    engine: engineOf({ config, ledger }),
    processes: ledger,
  });
  return orExplain(local, found);
}

function cloudBackend({ config, keys, ledger, settings, log }: BackendParts, found: FfmpegTool | AppError): Backend {
  const cloud = createTopazBackend({
    ...resultFolders({ config, settings }),
    ffmpeg: pathOf(found),
    apiKey: () => keys.read('topaz'),
    sharedFolder: config.tempDir !== null,
    settings,
    processes: ledger,
    log,
  });
  return orExplain(cloud, found);
}

type Folders = Pick<BackendParts, 'config' | 'settings'>;

function outputFolderOf({ config, settings }: Folders): () => string | null {
  return () => settings().outputFolder ?? config.outputDir;
}

/** Where those backends put things whose pictures are made by somebody else. */
function resultFolders({ config, settings }: Folders) {
  return { outputFolder: outputFolderOf({ config, settings }), workFolder: config.tempDir ?? config.paths.work };
}

function topazAppHere({ topazApp }: Config): ReturnType<typeof describeInstallation> {
  return describeInstallation(places(process.platform, topazApp));
}

/** An app that is not installed offers no models. */
function desktopBackend({ config, ledger, settings }: BackendParts, found: FfmpegTool | AppError): Backend {
  const desktop = createDesktopBackend({
    ...resultFolders({ config, settings }),
    ffmpeg: pathOf(found),
    folder: config.topazApp,
    environment: config.desktop,
    processes: ledger,
  });
  return orExplain(desktop, found);
}

function pathOf(found: FfmpegTool | AppError): string {
  return found instanceof AppError ? '' : found.path;
}

/** Without ffmpeg the daemon still shows its list and says what is missing. */
function orExplain(backend: Backend, found: FfmpegTool | AppError): Backend {
  if (!(found instanceof AppError)) return backend;
  return { ...backend, estimate: () => Promise.reject(found), run: () => Promise.reject(found) };
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  throw error;
}
