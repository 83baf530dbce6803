import { createTopazBackend } from '../../src/backends/topaz/backend.ts';
import { loadConfig } from '../../src/config.ts';
import { startDaemon } from '../../src/daemon.ts';
import { openKeyStore } from '../../src/key-store.ts';
import { probe } from '../../src/media/probe.ts';
import { brokenKeychain } from './keychains.ts';
import { openLibrary } from './library.ts';
import { mortal } from './mortal-backend.ts';
import { noWait } from './no-wait.ts';
import { ffmpegPath } from './tools.ts';

interface CloudChildOptions {
  dataDir: string;
  baseUrl: string;
  /** Smallest part of an upload that has several. */
  segmentBytes: number;
  /** Another ffmpeg than the tests' own. */
  ffmpeg?: string;
}

/** A daemon with the cloud backend as a process of its own, which says when it is ready. Its key lies in its key file. */
export async function runCloudChild(options: CloudChildOptions): Promise<void> {
  const { dataDir, baseUrl, segmentBytes, ffmpeg = ffmpegPath } = options;
  const config = loadConfig({ env: {}, flags: { dataDir, port: 0, logLevel: 'trace' } });
  const keys = openKeyStore(config.paths.keyFile, brokenKeychain());
  await startDaemon({
    ...{ config, keys, probe: (path) => probe(path, { maxFileBytes: 1e12 }) },
    library: (parts) => openLibrary(config.paths.models, parts, { folders: [] }),
    backends: ({ settings, ledger, log }) => [
      mortal(
        createTopazBackend({
          ...{ ffmpeg, apiKey: () => keys.read('topaz'), outputFolder: () => null, log, settings, baseUrl },
          ...{ workFolder: config.paths.work, processes: ledger, wait: noWait, segmentBytes },
        }),
        dataDir,
      ),
    ],
  });
  process.stdout.write('ready\n');
}
