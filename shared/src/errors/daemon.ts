import { file, type ErrorRow, row } from './row.ts';

/** What can go wrong between clients and the daemon. */
export const daemonErrors = {
  'daemon.stopping': row(
    503,
    true,
    () => 'The daemon is stopping.',
    () => 'The job goes on when it starts again.',
  ),
  'daemon.safe-mode': row(
    503,
    true,
    () => 'Uprez ended unexpectedly several times within a minute, so the queue is paused.',
    () => 'Look at the jobs and the log, then resume the queue: `uprez settings paused false`.',
  ),
  'daemon.already-running': row(
    409,
    false,
    (d) => `Uprez is already running (process ${String(d['pid'])}).`,
    () => 'Use the running one, or stop it first.',
  ),
  'daemon.not-running': row(
    503,
    true,
    () => 'The Uprez daemon is not running.',
    () => 'Start it with `npm start`.',
  ),
  'daemon.no-port': row(
    503,
    true,
    (d) => `All ports (${String(d['ports'])}) are taken.`,
    () => 'Close the program that uses them and start again.',
  ),
  'daemon.unauthorized': row(
    401,
    false,
    () => 'This client is not paired with the daemon.',
    () => 'Pair it again.',
  ),
  'daemon.forbidden': row(
    403,
    false,
    () => 'This connection is not allowed.',
    () => 'Use the panel, the dashboard or the command line on this computer.',
  ),
  'daemon.version-mismatch': row(
    426,
    false,
    (d) =>
      `The ${String(d['older'])} is older than the other side (protocol ${String(d['found'])}, needed ${String(d['needed'])}).`,
    (d) => `Update the ${String(d['older'])}.`,
  ),
  'daemon.busy': row(
    429,
    true,
    () => 'Too many requests at once.',
    () => 'Wait a moment and try again.',
  ),
  'daemon.no-file-manager': row(
    501,
    false,
    () => 'There is no file manager to show it in.',
    (d) => `The file is ${String(d['path'])}.`,
  ),
  'daemon.no-browser': row(
    501,
    false,
    () => 'There is no browser to show the dashboard in.',
    (d) => `Open ${String(d['url'])} yourself, within a minute.`,
  ),
  'daemon.upload-broken': row(
    400,
    true,
    (d) => `The upload of ${file(d)} broke off.`,
    () => 'Nothing was kept; send it again.',
  ),
  'daemon.disconnected': row(
    503,
    true,
    () => 'The connection to the daemon was lost.',
    () => 'It reconnects by itself; jobs go on meanwhile.',
  ),
  'daemon.internal': row(
    500,
    true,
    () => 'Something went wrong inside Uprez.',
    (d) => `Retry; the log has the details${d['id'] ? ` under ${String(d['id'])}` : ''}.`,
  ),
} as const satisfies Record<string, ErrorRow>;
