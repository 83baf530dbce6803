import { setTimeout as pause } from 'node:timers/promises';

/** Looks again every millisecond, so that waiting takes no processor from those who are waited for. */
export async function until(look: () => boolean): Promise<void> {
  while (!look()) await pause(1);
}
