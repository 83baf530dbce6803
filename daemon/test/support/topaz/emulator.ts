import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../../src/clock.ts';
import { ManualClock } from '../manual-clock.ts';
import { tempDir } from '../temp-dir.ts';
import { Account } from './account.ts';
import { createApi } from './api.ts';
import { catalog } from './catalog.ts';
import { Faults } from './faults.ts';
import { listen } from './http.ts';
import { Journal, type Received } from './journal.ts';
import { type PartRules, partRules } from './parts.ts';
import { createSigner } from './presign.ts';
import { createStorage } from './storage.ts';
import { type Fate, type Surroundings, VideoRequest } from './video-request.ts';

const HOUR = 3_600_000;

export interface EmulatorOptions {
  /** Time of links, deadlines and, where asked for, progress. A clock that stands still by default. */
  clock?: Clock;
  /** Credits on the account. */
  credits?: number;
  /** What moves requests on: each status call (default), the clock, or `tick` only. */
  pace?: Surroundings['pace'];
  /** Other part sizes than the service's own, so that small files have several parts. */
  partRules?: Partial<PartRules>;
  /** Refuse parts of another size than planned. Default: yes. */
  strictParts?: boolean;
  /** false: parts are counted and digested, but not kept, so nothing can be made of them. Default: yes. */
  keepParts?: boolean;
  /** Which form of `complete-upload/` is known. Default: both. */
  trailingSlash?: 'both' | 'with' | 'without';
  /** Time for the upload until the request fails. */
  uploadDeadlineMs?: number;
  /** Told of each request when it was answered. */
  watch?: (received: Received) => void;
}

/** The Topaz Video cloud on this computer: what it is told, what it was asked, and what went wrong on purpose. */
export interface TopazEmulator extends AsyncDisposable {
  /** Root of the API, "http://127.0.0.1:…". */
  readonly url: string;
  /** Root of signed links; another host for a client. */
  readonly storageUrl: string;
  readonly key: string;
  /** A valid key of somebody else. */
  readonly strangersKey: string;
  readonly account: Account;
  readonly journal: Journal;
  readonly faults: Faults;
  /** Changes how requests end; may be replaced at any time. */
  fate: Fate;
  /** Ids the service lists; orders for others are refused. */
  supportedModels: string[];
  /** Set: nothing can be ordered, with this sentence. */
  maintenance: string | undefined;
  /** How long new links work, in milliseconds. */
  linkTimes: { upload: number; download: number };
  readonly requests: readonly VideoRequest[];
  /** Moves all requests one step on. */
  tick(): Promise<void>;
}

export async function startTopazEmulator(options: EmulatorOptions = {}): Promise<TopazEmulator> {
  const settled = { ...defaults(), ...options };
  const { clock, pace, trailingSlash, strictParts, keepParts, uploadDeadlineMs, watch } = settled;
  const folder = tempDir();
  const journal = new Journal();
  const faults = new Faults();
  const accounts = { own: new Account(settled.credits), strangers: new Account(0) };
  const keys = new Map([
    [newKey(), accounts.own],
    [newKey(), accounts.strangers],
  ]);
  const [key = '', strangersKey = ''] = keys.keys();
  const requests: VideoRequest[] = [];
  const find = (id: string): VideoRequest | undefined => requests.find((request) => request.id === id);
  const knobs: Pick<TopazEmulator, 'fate' | 'supportedModels' | 'maintenance' | 'linkTimes'> = {
    fate: {},
    supportedModels: [...catalog.keys()].sort(),
    maintenance: undefined,
    linkTimes: { upload: 24 * HOUR, download: 7 * 24 * HOUR },
  };

  const secret = randomBytes(32).toString('hex');
  let storageUrl = 'http://127.0.0.1';
  // Links are signed for a host that is known when it listens.
  const signer = createSigner({ base: () => storageUrl, secret, now: () => clock.now() });
  const around: Surroundings = {
    ...{ clock, signer, pace, file: (name: string) => folder.file(name) },
    fate: () => knobs.fate,
    partRules: { ...partRules, ...options.partRules },
    uploadLinkMs: () => knobs.linkTimes.upload,
    downloadLinkMs: () => knobs.linkTimes.download,
    uploadDeadlineMs,
  };
  const shared = { journal, faults, clock, watch };
  const storage = await listen(createStorage({ signer, find, file: around.file, strictParts, keepParts }), shared);
  storageUrl = `http://127.0.0.1:${storage.port}`;
  const api = await listen(
    createApi({
      accountOf: (given) => keys.get(given),
      supportedModels: () => knobs.supportedModels,
      maintenance: () => knobs.maintenance,
      open: (order, account) => {
        const request = new VideoRequest(randomUUID(), order, { account, around });
        requests.push(request);
        return request;
      },
      find,
      all: () => requests,
      trailingSlash,
    }),
    shared,
  );

  return Object.assign(knobs, {
    ...{ url: `http://127.0.0.1:${api.port}`, storageUrl, key, strangersKey, account: accounts.own, journal, faults },
    requests,
    async tick() {
      for (const request of requests) await request.tick();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([api[Symbol.asyncDispose](), storage[Symbol.asyncDispose]()]);
      await Promise.all(requests.map((request) => request.stop()));
      folder[Symbol.dispose]();
    },
  });
}

function defaults(): Required<Omit<EmulatorOptions, 'partRules'>> {
  return {
    clock: new ManualClock(),
    credits: 1000,
    pace: { by: 'polls' },
    strictParts: true,
    keepParts: true,
    trailingSlash: 'both',
    uploadDeadlineMs: 48 * HOUR,
    watch: () => undefined,
  };
}

function newKey(): string {
  return randomUUID();
}
