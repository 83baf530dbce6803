/** How a source is split. A client knows the number of parts by the number of URLs it gets. */
export interface PartRules {
  /** Smallest part but the last, in bytes. */
  segmentBytes: number;
  /** Clips of so few frames are one part, however large. */
  singleUpToFrames: number;
}

export const partRules: PartRules = { segmentBytes: 500_000_000, singleUpToFrames: 1000 };

const MOST_PARTS = 150;

/** Sizes of the parts in bytes, in order. */
export function partSizes(source: { size: number; frameCount: number }, rules: PartRules = partRules): number[] {
  const { segmentBytes, singleUpToFrames } = rules;
  if (source.size <= segmentBytes || source.frameCount <= singleUpToFrames) return [source.size];
  const count = Math.min(MOST_PARTS, Math.max(2, Math.ceil(source.size / segmentBytes)));
  const each = Math.max(segmentBytes, Math.ceil(source.size / count));
  return Array.from({ length: count }, (_, i) => Math.min(source.size, (i + 1) * each) - i * each);
}
