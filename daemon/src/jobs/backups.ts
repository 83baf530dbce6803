import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { Store } from '../store/store.ts';

/** What is lost at most when a database is damaged beyond repair. Copying one takes milliseconds to a second. */
const INTERVAL_MS = 6 * 3_600_000;

/** Copies the database now and then. A disk without room for a copy is no reason to stop. */
export function startBackups(store: Store, { clock, log }: { clock: Clock; log: Logger }): Disposable {
  let cancelTimer = (): void => {};
  const copy = (): void => {
    try {
      store.backUp(INTERVAL_MS);
    } catch (error) {
      log.warn({ err: error }, 'the database could not be backed up');
    }
    cancelTimer = clock.after(INTERVAL_MS, copy);
  };
  copy();
  return { [Symbol.dispose]: () => cancelTimer() };
}
