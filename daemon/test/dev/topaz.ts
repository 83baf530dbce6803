import { fileURLToPath } from 'node:url';
import { VERSION } from '@uprez/shared';
import { createTopazBackend } from '../../src/backends/topaz/backend.ts';
import type { StartOptions } from '../../src/cli/connect.ts';
import { runCli } from '../../src/cli/main.ts';
import { systemClock } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import { type RunningDaemon, startDaemon } from '../../src/daemon.ts';
import { openKeyStore } from '../../src/key-store.ts';
import { findFfmpeg } from '../../src/media/find-ffmpeg.ts';
import { probe } from '../../src/media/probe.ts';
import { memoryKeychain } from '../support/keychains.ts';
import { openLibrary } from '../support/library.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startTopazEmulator } from '../support/topaz/emulator.ts';
import type { Received } from '../support/topaz/journal.ts';

/** Seconds that a request stays in each of its eight places on the way. */
const STEP_SECONDS = 2;
const CREDITS = 500;

/**
 * `npm run dev:topaz`: the whole daemon with its own dashboard and command line, but the cloud it talks to is emulated and
 * everything it remembers is gone when it ends. Arguments are those of `npm start`; without any it runs until Ctrl-C.
 */
await using emulator = await startTopazEmulator({
  clock: systemClock,
  credits: CREDITS,
  pace: { by: 'clock', tickMs: STEP_SECONDS * 1000 },
  watch: (received) => console.error(lineOf(received)),
});
using folder = tempDir();
const keys = openKeyStore(folder.file('keys.json'), memoryKeychain());
await keys.write('topaz', emulator.key);
console.error(`The Topaz Video API, emulated, with ${CREDITS} credits: ${emulator.url} key ${emulator.key}`);
const args = process.argv.slice(2);
// The dashboard asks before it spends. A verb would end, and the emulator with it, before anybody could agree.
const ceiling = args.length > 0 ? { spendPerJob: CREDITS, spendPerDay: CREDITS } : {};
process.exitCode = await runCli(['--data-dir', folder.path, ...args], {
  version: VERSION,
  startDaemon: start,
  loginItem: () => undefined,
});

/** As `main.ts` starts it, with the one backend that there is something to emulate for. */
async function start(config: Config, { runJobs, lasting }: StartOptions): Promise<RunningDaemon> {
  const { path: ffmpeg } = await findFfmpeg(config.ffmpegPath, config.searchPath);
  const daemon = await startDaemon({
    ...{ config, runJobs, lasting, keys },
    dashboardFolder: fileURLToPath(new URL('../../../plugin/dist/dashboard', import.meta.url)),
    library: (parts) => openLibrary(config.paths.models, parts),
    probe: (file) => probe(file, { maxFileBytes: config.maxFileSize }),
    backends: ({ ledger, settings, log }) => [
      createTopazBackend({
        ...{ ffmpeg, settings, log, processes: ledger, baseUrl: emulator.url },
        apiKey: () => keys.read('topaz'),
        outputFolder: () => settings().outputFolder ?? config.outputDir,
        workFolder: config.tempDir ?? config.paths.work,
      }),
    ],
  });
  daemon.queue.changeSettings({ backend: 'topaz', model: 'prob-4', ...ceiling });
  return daemon;
}

function lineOf({ host, step, id, part, answered, bodyBytes }: Received): string {
  const what = [step, part === null ? '' : `part ${part}`, id ?? ''].filter(Boolean).join(' ');
  return `${host.padEnd(7)} ${String(answered ?? 'dropped')} ${what}${bodyBytes > 0 ? ` (${bodyBytes} bytes)` : ''}`;
}
