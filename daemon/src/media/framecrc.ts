/**
 * Reads ffmpeg's framecrc lines: `#tb 0: 1/12800`, then `stream, dts, pts, duration, size, checksum`. Undefined where there
 * is no frame.
 */
export function readFramecrc(text: string): { startSeconds: number; count: number } | undefined {
  const timeBase = /^#tb 0: (\d+)\/(\d+)$/m.exec(text);
  const frames = text.match(/^0,.*$/gm);
  const pts = Number(frames?.[0]?.split(',')[2]);
  if (!timeBase || !frames || Number.isNaN(pts)) return undefined;
  return { startSeconds: (pts * Number(timeBase[1])) / Number(timeBase[2]), count: frames.length };
}
