import { homedir, hostname, userInfo } from 'node:os';
import {
  type AppError,
  type BackendId,
  type ErrorStatistics,
  type Health,
  type Job,
  type Pairing,
  type Settings,
  VERSION,
} from '@uprez/shared';
import { diagnosticsOf } from './diagnostics.ts';
import type { Check } from './health/checks.ts';
import type { ConnectedClient, HouseState } from './health/house.ts';
import type { KeyStore } from './key-store.ts';
import { asCheck } from './notices.ts';
import type { Paths } from './paths.ts';

interface Listening {
  readonly port: number;
  clients(): ConnectedClient[];
}

/** What a running daemon is asked about. */
export interface ReportSources {
  paths: Paths;
  store: { isSound(): boolean; records: { statistics(): ErrorStatistics } };
  queue: { list(): Job[]; settings(): Settings };
  door: { list(): Pairing[] };
  keys: KeyStore;
  /** Backends that work with a key. */
  accounts: ReadonlyMap<BackendId, unknown>;
  /** What the user should know about this run. */
  notices: readonly AppError[];
  /** Everything else that may be wrong with this computer. */
  checks?: ((house: HouseState) => Promise<Check[]>) | undefined;
}

/** What `uprez doctor` shows, and what its bundle holds. */
export class SelfReport {
  private readonly sources: ReportSources;
  private server: Listening | undefined;

  constructor(sources: ReportSources) {
    this.sources = sources;
  }

  listens(server: Listening): void {
    this.server = server;
  }

  async health(): Promise<Health> {
    const { notices, checks } = this.sources;
    return { version: VERSION, checks: [...notices.map(asCheck), ...((await checks?.(await this.house())) ?? [])] };
  }

  async diagnostics(): Promise<Record<string, string>> {
    const { queue, store, paths } = this.sources;
    const person = { home: homedir(), user: userInfo().username, host: hostname() };
    const health = await this.health();
    const statistics = store.records.statistics();
    const told = { health, settings: queue.settings(), jobs: queue.list(), statistics };
    return diagnosticsOf({ ...told, person, logFile: paths.logFile });
  }

  private async house(): Promise<HouseState> {
    const { store, queue, door, keys, accounts, paths } = this.sources;
    const kept = [...accounts.keys()].map(async (backend) => ({ backend, place: await keys.place(backend) }));
    return {
      version: VERSION,
      port: this.server?.port ?? 0,
      settings: queue.settings(),
      pairings: door.list(),
      clients: this.server?.clients() ?? [],
      keys: await Promise.all(kept),
      hasKeychain: await keys.hasKeychain(),
      database: { sound: store.isSound(), jobs: queue.list().length, file: paths.database },
    };
  }
}
