import {
  type Account,
  AppError,
  type BackendId,
  type CallName,
  type CallResult,
  type calls,
  type Health,
  type Job,
  LookId,
  looks,
  type LogLine,
  type Model,
  type ModelDetails,
} from '@uprez/shared';
import type { z } from 'zod';
import type { Stills } from '../jobs/stills.ts';
import type { Enqueue, Probe } from '../jobs/enqueue.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { KeyStore } from '../key-store.ts';
import type { ModelLibrary } from '../library/library.ts';
import type { Store } from '../store/store.ts';
import type { Dashboard } from './dashboard.ts';
import type { Door } from './pairing.ts';

type Params<N extends CallName> = z.output<(typeof calls)[N]['params']>;
type Result<N extends CallName> = CallResult<N> | Promise<CallResult<N>>;

/** One function for each call of the table; a missing one does not compile. */
export type Handlers = { readonly [N in CallName]: (params: Params<N>) => Result<N> };

export interface HandlerParts {
  queue: JobQueue;
  runner: JobRunner;
  enqueue: Enqueue;
  store: Store;
  models: () => Promise<Model[]>;
  keys: KeyStore;
  /** Backends that work with a key, each with its way to ask for the account. */
  accounts: ReadonlyMap<BackendId, () => Promise<Account>>;
  library: ModelLibrary;
  stills: Stills;
  /** What the log says of a job. */
  jobLog: (id: string) => Promise<LogLine[]>;
  /** Shows a file in the file manager. Throws `input.missing`, `daemon.no-file-manager`. */
  reveal: (path: string) => Promise<void>;
  /** Opens an address in the browser. Throws `daemon.no-browser`. */
  browse: (url: string) => Promise<void>;
  probe: Probe;
  door: Door;
  dashboard: Dashboard;
  report: { health(): Promise<Health>; diagnostics(): Promise<Record<string, string>> };
  requestStop: () => void;
}

/** The handlers of all calls. */
export function createHandlers(parts: HandlerParts): Handlers {
  return {
    ...jobHandlers(parts),
    ...fileHandlers(parts),
    ...modelHandlers(parts),
    ...keyHandlers(parts),
    ...daemonHandlers(parts),
  };
}

type FileCall = 'makeStill' | 'logOfJob' | 'revealJob';
type JobCall = Exclude<Extract<CallName, `${string}Job` | `${string}Jobs` | 'cancelCost'>, FileCall>;

function jobHandlers({ queue, runner, enqueue }: HandlerParts): Pick<Handlers, JobCall> {
  return {
    listJobs: () => queue.list(),
    addJobs: ({ jobs }): Promise<Job[]> => enqueue.add(jobs),
    getJob: ({ id }) => queue.get(id),
    reportJob: ({ id }) => queue.report(id),
    cancelCost: ({ id }) => runner.cancelCost(id),
    cancelJob: ({ id }) => queue.cancel(id),
    retryJob: ({ id }) => queue.apply(id, 'retry'),
    approveJob: ({ id }) => queue.apply(id, 'approve'),
    deliverJob: ({ id }) => queue.deliver(id),
    moveJob: ({ id, before }) => queue.move(id, before),
    removeJob: async ({ id }) => {
      await runner.remove(id);
      return {};
    },
  };
}

/** What jobs left on disk: only files of jobs on the list can be asked for. */
function fileHandlers({ queue, stills, jobLog, reveal }: HandlerParts): Pick<Handlers, FileCall> {
  return {
    makeStill: (request) => stills.of(request),
    logOfJob: ({ id }) => jobLog(queue.get(id).id),
    revealJob: async ({ id, file }) => {
      const { task, output } = queue.get(id);
      const path = file === 'source' ? task.source : output?.path;
      if (path === undefined) throw new AppError('job.no-result');
      await reveal(path);
      return {};
    },
  };
}

type KeyCall = Extract<CallName, `${string}Key` | `${string}Keys`>;

function keyHandlers({ keys, accounts }: HandlerParts): Pick<Handlers, KeyCall> {
  const accountOf = (backend: BackendId): (() => Promise<Account>) => {
    const account = accounts.get(backend);
    if (!account) throw new AppError('request.invalid', { why: `the backend “${backend}” takes no key` });
    return account;
  };
  return {
    listKeys: () =>
      Promise.all([...accounts.keys()].map(async (backend) => ({ backend, place: await keys.place(backend) }))),
    setKey: async ({ backend, apiKey }) => {
      accountOf(backend);
      return { backend, place: await keys.write(backend, apiKey) };
    },
    testKey: ({ backend }) => accountOf(backend)(),
    removeKey: async ({ backend }) => {
      await keys.remove(backend);
      return { backend, place: await keys.place(backend) };
    },
  };
}

type ModelCall = Extract<CallName, `${string}Model` | `${string}Models` | `${string}Pull`>;

function modelHandlers({ models, library }: HandlerParts): Pick<Handlers, ModelCall> {
  return {
    listModels: () => models(),
    getModel: async ({ id }) => elsewhere(id, await models()) ?? library.details(id),
    addModel: (request) => library.add(request),
    pullModel: ({ id, acceptedLicence }) => library.pull(id, acceptedLicence),
    cancelPull: ({ id }) => {
      library.cancelPull(id);
      return {};
    },
    removeModel: async ({ id }) => {
      await library.remove(id);
      return {};
    },
  };
}

/** Of a model that runs on other machines there is no more to tell than the list does. */
function elsewhere(id: string, models: readonly Model[]): ModelDetails | undefined {
  const model = models.find((each) => each.id === id && each.backend !== 'local');
  const unsaid = { copyright: null, licenceText: null, published: null, file: null, sha256: null };
  return model && { ...model, ...unsaid, addedAt: null, traits: null };
}

function daemonHandlers(parts: HandlerParts): Omit<Handlers, JobCall | FileCall | ModelCall | KeyCall> {
  const { queue, enqueue, store, door } = parts;
  return {
    probe: ({ path }) => parts.probe(path),
    estimate: ({ task }) => enqueue.estimate(task),
    listLooks: () => LookId.options.map((id) => ({ id, ...looks[id] })),
    getSettings: () => queue.settings(),
    changeSettings: (patch) => queue.changeSettings(patch),
    getHealth: () => parts.report.health(),
    getDiagnostics: () => parts.report.diagnostics(),
    errorStatistics: () => store.records.statistics(),
    listPairings: () => door.list(),
    offerPairing: () => door.offer(),
    revokePairing: ({ id }) => {
      door.revoke(id);
      return {};
    },
    showDashboard: async () => {
      await parts.browse(parts.dashboard.link());
      return {};
    },
    openDashboard: () => ({ url: parts.dashboard.link() }),
    shutdown: () => {
      parts.requestStop();
      return {};
    },
  };
}
