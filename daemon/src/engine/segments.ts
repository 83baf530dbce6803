/** How a job's output frames are cut into segments. */
export interface Layout {
  frameCount: number;
  framesPerSegment: number;
}

/**
 * About a second: after a kill at most this much is done again, and syncing that often costs next to nothing.
 * ProRes is intra-only, so a segment may begin at any frame.
 */
export const FRAMES_PER_SEGMENT = 24;

/** The layout of a job. */
export function layoutOf({ frameCount }: { frameCount: number }): Layout {
  return { frameCount, framesPerSegment: FRAMES_PER_SEGMENT };
}

/** The segment that holds an output frame: `first` included, `end` excluded. */
export function segmentOf(frame: number, layout: Layout): { index: number; first: number; end: number } {
  const index = Math.floor(frame / layout.framesPerSegment);
  const first = index * layout.framesPerSegment;
  return { index, first, end: Math.min(first + layout.framesPerSegment, layout.frameCount) };
}
