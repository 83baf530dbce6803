/**
 * Presentation times in seconds of one stream's frames, by ffmpeg's framecrc lines: `#tb 0: 1/12800`, then `stream, dts,
 * pts, duration, size, checksum`. Undefined where there is no frame.
 */
export function readFramecrc(text: string, stream = 0): { startSeconds: number; times: number[] } | undefined {
  const timeBase = new RegExp(`^#tb ${stream}: (\\d+)/(\\d+)$`, 'm').exec(text);
  const seconds = Number(timeBase?.[1]) / Number(timeBase?.[2]);
  const lines = text.split('\n').filter((line) => line.startsWith(`${stream},`));
  const times = lines.map((line) => Number(line.split(',')[2]) * seconds);
  const [startSeconds] = times;
  return startSeconds === undefined || times.some(Number.isNaN) ? undefined : { startSeconds, times };
}
