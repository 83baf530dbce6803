import type { DaemonClient, Media } from '@uprez/shared';
import type { Backend } from '../../src/backends/backend.ts';
import type { Clock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { type BackendParts, type DaemonOptions, type RunningDaemon, startDaemon } from '../../src/daemon.ts';
import { type KeyStore, openKeyStore } from '../../src/key-store.ts';
import { connectLocal } from './clients.ts';
import { memoryKeychain } from './keychains.ts';
import { openLibrary } from './library.ts';
import { mediaOf } from './tasks.ts';
import { tempDir } from './temp-dir.ts';

export interface TestDaemonOptions {
  backends: readonly Backend[] | ((parts: BackendParts) => readonly Backend[]);
  /** Keeps the daemon's memory from one start to the next. */
  dataDir?: string;
  probe?: (path: string) => Promise<Media>;
  dashboardFolder?: string;
  /** Decodes single frames; without it there are none. */
  ffmpeg?: () => Promise<string>;
  /** In bytes. */
  maxFileSize?: number;
  /** Where programs such as file managers are looked for. */
  searchPath?: string;
  clock?: Clock;
  /** By default a keychain of its own. */
  keys?: KeyStore;
  /** By default one without anything to download. */
  library?: DaemonOptions['library'];
  /** By default next to nothing is logged. */
  logLevel?: string;
  /** 0, the default, is any free one. */
  port?: number;
}

export interface TestDaemon extends RunningDaemon {
  /** A new connection by the endpoint file; closed with the daemon. */
  connect(name?: string): Promise<DaemonClient>;
}

/** A real daemon with real SQLite, HTTP and WebSocket on any free port; only its backends are the test's own. */
export async function startTestDaemon(options: TestDaemonOptions): Promise<TestDaemon> {
  const { backends, dataDir, port = 0, probe = () => Promise.resolve(mediaOf()), searchPath, ...rest } = options;
  const folder = dataDir === undefined ? tempDir() : undefined;
  const { maxFileSize, logLevel = 'fatal' } = options;
  const flags = { dataDir: dataDir ?? folder?.path ?? '', port, logLevel, ...(maxFileSize && { maxFileSize }) };
  const config = loadConfig({ env: { PATH: searchPath }, flags });
  const daemon = await startDaemon({
    ...{
      config,
      backends: typeof backends === 'function' ? backends : () => backends,
      probe,
      keys: openKeyStore(config.paths.keyFile, memoryKeychain()),
    },
    library: (parts) => openLibrary(config.paths.models, parts),
    ...rest,
  });
  return {
    ...daemon,
    connect: (name) => connectLocal(daemon.endpointFile, name),
    async [Symbol.asyncDispose]() {
      await daemon[Symbol.asyncDispose]();
      folder?.[Symbol.dispose]();
    },
  };
}
