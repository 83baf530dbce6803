/**
 * What Node is started with where Uprez is. A daemon is there all day and does little at a time, so it is to be small rather
 * than quick: a young generation of 2 MB instead of 16, and less machine code. Frames are the engine's, in a process of its
 * own. Only at the start: V8 crashes sooner or later where such flags are set while it runs.
 */
export const smallHeap = ['--max-semi-space-size=2', '--optimize-for-size'] as const;
