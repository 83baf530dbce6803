// Imported before everything else: the daemon is there all day and does little at a time, so it is to be small rather than
// quick: a young generation of 1 MB instead of 16, and no machine code for what runs only now and then. Frames are the
// engine's, in a process of its own.
import { setFlagsFromString } from 'node:v8';

for (const flag of ['--optimize-for-size', '--semi-space-growth-factor=1', '--no-sparkplug']) setFlagsFromString(flag);
