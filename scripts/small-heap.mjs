// Imported before everything else: the daemon is there all day and does little at a time, so it is to be small rather than
// quick. V8 would let the young generation grow to 16 MB for what fits into 1; frames are the engine's, in its own process.
import { setFlagsFromString } from 'node:v8';

for (const flag of ['--optimize-for-size', '--semi-space-growth-factor=1']) setFlagsFromString(flag);
