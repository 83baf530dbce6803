import { VERSION } from '@uprez/shared';
import { runCli } from './cli/main.ts';
import type { StartDaemon } from './cli/connect.ts';
import { ownLoginItem } from './login/own-login-item.ts';

/** Loaded only where a daemon starts: most commands ask one that runs, and are to answer at once. */
const startDaemon: StartDaemon = async (config, options) => {
  const { start } = await import('./real-daemon.ts');
  return start(config, options);
};

process.exitCode = await runCli(process.argv.slice(2), { version: VERSION, startDaemon, loginItem: ownLoginItem });
