import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Wait } from '../../src/backends/topaz/wait.ts';

/** No time passes in tests: the service that is asked again is the emulator, which goes on with every question. */
export const noWait: Wait = async (_ms, signal) => {
  await nextTurn();
  signal.throwIfAborted();
};
