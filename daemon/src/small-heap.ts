import { setFlagsFromString } from 'node:v8';

/**
 * A daemon is there all day and does little at a time, so it is to be small rather than quick: no young generation that
 * grows to 16 MB, and no machine code for what runs only now and then. Frames are the engine's, in a process of its own.
 */
export function keepHeapSmall(): void {
  for (const flag of ['--optimize-for-size', '--semi-space-growth-factor=1', '--no-sparkplug'])
    setFlagsFromString(flag);
}
