import {
  type Account,
  AppError,
  type BackendId,
  type Health,
  isSettled,
  type Settings,
  type Snapshot,
  toWire,
  VERSION,
} from '@uprez/shared';
import { Dashboard } from './api/dashboard.ts';
import type { Source } from './api/event-stream.ts';
import { createHandlers } from './api/handlers.ts';
import { Door } from './api/pairing.ts';
import { startServer } from './api/server.ts';
import type { Backend, SpeedBook } from './backends/backend.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import type { HouseState } from './health/house.ts';
import { claimInstance, type Endpoint } from './instance.ts';
import { startBackups } from './jobs/backups.ts';
import { startCleanup } from './jobs/cleanup.ts';
import { createEnqueue, type Probe } from './jobs/enqueue.ts';
import { Feed } from './jobs/feed.ts';
import { startHolds } from './jobs/holds.ts';
import { JobQueue } from './jobs/job-queue.ts';
import { logJobs } from './jobs/job-story.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { createLedger, type ProcessLedger } from './jobs/leftovers.ts';
import { LiveProgress } from './jobs/live-progress.ts';
import { openPurse } from './jobs/purse.ts';
import { recover } from './jobs/recovery.ts';
import { Stills } from './jobs/stills.ts';
import { Uploads } from './jobs/uploads.ts';
import { readJobLog } from './job-log.ts';
import { type KeyStore, openKeyStore } from './key-store.ts';
import type { LibraryParts, ModelLibrary } from './library/library.ts';
import { beginRun, type Run } from './last-run.ts';
import { type Logger, openLog } from './log.ts';
import { makeFolders } from './paths.ts';
import { shows } from './desktop.ts';
import { logCrashes, noticesOf } from './notices.ts';
import { openWatchdog } from './jobs/watchdog.ts';
import { SelfReport } from './self-report.ts';
import { openStore } from './store/store.ts';

/** What a backend may need of the daemon. */
export interface BackendParts {
  config: Config;
  log: Logger;
  /** Where to note engine processes, so that none outlives a crash of the daemon. */
  ledger: ProcessLedger;
  keys: KeyStore;
  speeds: SpeedBook;
  /** As they are at the moment. */
  settings: () => Settings;
}

export interface DaemonOptions {
  config: Config;
  backends: (parts: BackendParts) => readonly Backend[] | Promise<readonly Backend[]>;
  probe: Probe;
  /** The program that decodes single frames. Throws `setup.ffmpeg-missing`. */
  ffmpeg?: () => Promise<string>;
  /** Where API keys are kept; by default the keychain, or a file where there is none. */
  keys?: KeyStore;
  /** The user's own models. */
  library: (parts: Pick<LibraryParts, 'tell' | 'inUse' | 'now' | 'log'>) => ModelLibrary;
  /** What `uprez doctor` shows. */
  checks?: (house: HouseState) => Promise<Health['checks']>;
  /** Built dashboard; nothing is served where the folder is missing. */
  dashboardFolder?: string;
  /** false: only looks after the list, for clients that ask or change something and leave. */
  runJobs?: boolean;
  /** false: the daemon belongs to a command and ends with it. */
  lasting?: boolean;
  /** Also log to stderr. */
  foreground?: boolean;
  clock?: Clock;
}

export interface RunningDaemon extends AsyncDisposable {
  readonly port: number;
  readonly instance: string;
  readonly endpointFile: string;
  /** What the endpoint file says. */
  readonly endpoint: Endpoint;
  readonly queue: JobQueue;
  readonly log: Logger;
  /** A new one-time link that opens the dashboard. */
  dashboardLink(): string;
  /** Resolves when a client asks the daemon to stop; dispose it then. */
  readonly stopRequested: Promise<void>;
}

/**
 * Builds the daemon from its parts and starts it: lock, store, recovery, server, queue. Disposing stops it in the
 * opposite order; running jobs continue at the next start. Throws `daemon.already-running`, `setup.database`,
 * `daemon.no-port`.
 */
export async function startDaemon(options: DaemonOptions): Promise<RunningDaemon> {
  const stack = new Cleanups();
  try {
    return await build(options, stack);
  } catch (error) {
    await stack.run();
    throw error;
  }
}

async function build(options: DaemonOptions, stack: Cleanups): Promise<RunningDaemon> {
  const { config, clock = systemClock } = options;
  const { paths } = config;
  makeFolders(paths);
  const instance = stack.use(claimInstance(paths));
  const run = stack.use(beginRun(paths.runMark, { now: clock.now(), working: options.runJobs !== false }));
  const { log } = stack.use(
    openLog({ file: paths.logFile, level: config.logLevel, foreground: options.foreground ?? false }),
  );
  for (const warning of config.warnings) log.warn(warning);
  stack.use(logCrashes(log));
  const core = await buildCore(options, { clock, log, stack, run });
  const door = new Door({ instance, pairings: core.store.pairings, clock });
  door.onListChange(() => core.feed.tell({ type: 'pairings' }));
  const dashboard = new Dashboard(clock);
  const stop = stopSwitch();
  const report = new SelfReport({ ...core, door, paths, checks: options.checks });
  // A client that asks the daemon to stop gets its reply first.
  const requestStop = (): void => void setImmediate(stop.request);
  const jobLog = (id: string) => readJobLog(paths.logFile, id);
  const shown = shows({ platform: process.platform, searchPath: config.searchPath });
  const handlers = createHandlers({ ...core, door, dashboard, report, requestStop, jobLog, ...shown });
  const dashboardFolder = options.dashboardFolder ?? '';
  const outside = { door, dashboard, dashboardFolder, clock, log, port: config.port };
  const { source, uploads, queue } = core;
  const server = stack.useAsync(await startServer({ handlers, source, uploads, queue, ...outside }));
  report.listens(server);
  const endpoint = instance.endpoint(server.port, options.lasting !== false);
  // One that runs nothing is gone in a moment: nobody else should come to rely on it.
  if (options.runJobs !== false) instance.publish(endpoint);
  return {
    port: server.port,
    instance: instance.id,
    endpointFile: paths.endpointFile,
    endpoint,
    queue: core.queue,
    log,
    dashboardLink: () => dashboard.link(),
    stopRequested: stop.requested,
    [Symbol.asyncDispose]: () => stack.run(),
  };
}

interface CoreParts {
  clock: Clock;
  log: Logger;
  stack: Cleanups;
  run: Run;
}

/** The store and the list of jobs, put right after a crash. */
function openMemory({ config }: DaemonOptions, { clock, log, stack, run }: CoreParts) {
  const store = stack.use(openStore({ ...config.paths, now: () => clock.now(), afterCrash: run.afterCrash }));
  const feed = new Feed();
  stack.use(logJobs(feed, log));
  const queue = new JobQueue({ store, feed, clock });
  const notices = noticesOf(run, store.restoredFrom);
  for (const notice of notices) log.error({ code: notice.code }, notice.message);
  if (run.safeMode) queue.changeSettings({ paused: true });
  recover({ store, queue, log });
  stack.use(startBackups(store, { clock, log }));
  return { store, feed, queue, notices };
}

/** Everything behind the server: store, queue and the lanes of the backends. */
async function buildCore(options: DaemonOptions, parts: CoreParts) {
  const { clock, log, stack } = parts;
  const { config, probe, keys = openKeyStore(options.config.paths.keyFile) } = options;
  const { store, feed, queue, notices } = openMemory(options, parts);
  const backends = await options.backends({
    ...{ config, log, keys, ledger: createLedger(store.processes, stack.use(openWatchdog(log))), speeds: store.speeds },
    settings: () => queue.settings(),
  });
  const library = stack.useAsync(options.library(libraryParts({ queue, feed, clock, log })));
  const progress = new LiveProgress(feed, clock);
  const { checkpoints } = store;
  const purse = openPurse({ store, queue, clock });
  const lanes = { queue, clock, backends, log, progress, checkpoints, purse };
  const runner = stack.useAsync(new JobRunner({ ...lanes, feed, idle: options.runJobs === false }));
  stack.use(startHolds({ ...lanes, held: () => store.jobs.held() }));
  const { stills, uploads } = files(options, { queue, feed, clock, log });
  stack.use(stills);
  stack.use(startCleanup({ store, queue, runner, uploads, clock, log, intervalMs: config.cleanupInterval }));
  const source = sourceOf({ queue, feed, progress, library, notices });
  const models = async () => (await Promise.all(backends.map((backend) => backend.models()))).flat();
  const enqueue = createEnqueue({ queue, backends, probe });
  const accounts = accountsOf(backends);
  const calls = { runner, probe, models, library, keys, accounts, enqueue, stills, uploads };
  return { store, feed, queue, source, notices, ...calls };
}

interface SourceParts {
  queue: JobQueue;
  feed: Feed;
  progress: LiveProgress;
  library: ModelLibrary;
  notices: readonly AppError[];
}

/** What clients see: everything once, then every change. */
function sourceOf({ queue, feed, progress, library, notices }: SourceParts): Source {
  const snapshot = (): Snapshot => ({
    type: 'snapshot',
    version: VERSION,
    jobs: queue.list(),
    progress: progress.all(),
    settings: queue.settings(),
    pulls: library.pulls(),
    notices: notices.map(toWire),
  });
  return { snapshot, subscribe: feed.subscribe.bind(feed) };
}

/** What comes and goes with jobs besides their results. */
function files({ config, ffmpeg }: DaemonOptions, { queue, feed, clock, log }: LibraryNeeds) {
  const { paths, maxFileSize } = config;
  const missing = (): Promise<string> => Promise.reject(new AppError('setup.ffmpeg-missing'));
  const hasOutputFolder = (): boolean => (queue.settings().outputFolder ?? config.outputDir) !== null;
  return {
    stills: new Stills({ queue, feed, log, folder: paths.stills, ffmpeg: ffmpeg ?? missing }),
    uploads: new Uploads({ folder: paths.uploads, results: paths.results, hasOutputFolder, queue, clock, maxFileSize }),
  };
}

interface LibraryNeeds {
  queue: JobQueue;
  feed: Feed;
  clock: Clock;
  log: Logger;
}

function libraryParts({ queue, feed, clock, log }: LibraryNeeds): Parameters<DaemonOptions['library']>[0] {
  return {
    tell: (change) => feed.tell(change),
    inUse: (id) => queue.list().some(({ task, state }) => task.model === id && !isSettled(state)),
    now: () => clock.now(),
    log,
  };
}

function accountsOf(backends: readonly Backend[]): Map<BackendId, () => Promise<Account>> {
  return new Map(backends.flatMap(({ id, account }) => (account ? [[id, account] as const] : [])));
}

/** What has to be closed, in the opposite order of opening. (Node 20 has no AsyncDisposableStack.) */
class Cleanups {
  private readonly steps: (() => unknown)[] = [];

  use<T extends Disposable>(resource: T): T {
    this.defer(() => resource[Symbol.dispose]());
    return resource;
  }

  useAsync<T extends AsyncDisposable>(resource: T): T {
    this.defer(() => resource[Symbol.asyncDispose]());
    return resource;
  }

  private defer(step: () => unknown): void {
    this.steps.push(step);
  }

  async run(): Promise<void> {
    for (let step = this.steps.pop(); step; step = this.steps.pop()) await step();
  }
}

function stopSwitch(): { requested: Promise<void>; request: () => void } {
  let request = (): void => {};
  const requested = new Promise<void>((resolve) => {
    request = resolve;
  });
  return { requested, request };
}
