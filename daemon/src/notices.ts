import { AppError, type Health } from '@uprez/shared';
import type { Run } from './last-run.ts';
import type { Logger } from './log.ts';

/** What the user should know about this run of the daemon. */
export function noticesOf({ safeMode }: Run, restoredFrom: Date | undefined): AppError[] {
  return [
    ...(restoredFrom ? [new AppError('setup.database-restored', { time: restoredFrom.toLocaleString() })] : []),
    ...(safeMode ? [new AppError('daemon.safe-mode')] : []),
  ];
}

/** The same for `uprez doctor`. */
export function asCheck({ code, message, next }: AppError): Health['checks'][number] {
  return { name: code === 'daemon.safe-mode' ? 'queue' : 'database', status: 'warning', detail: message, next };
}

/** The last words of a daemon that breaks; it ends all the same, since nobody knows what state it is in. */
export function logCrashes(log: Logger): Disposable {
  const note = (err: unknown): void => log.fatal({ err }, 'the daemon breaks');
  process.on('uncaughtExceptionMonitor', note);
  return { [Symbol.dispose]: () => void process.off('uncaughtExceptionMonitor', note) };
}
