import { runFfmpeg } from '../../../src/media/ffmpeg.ts';
import { ffmpegPath } from '../tools.ts';
import { catalog } from './catalog.ts';
import type { Encoder, Output, Resolution, SettledOrder } from './wire.ts';

/** What a file really holds, found by reading every packet. */
export interface Measured {
  resolution: Resolution;
  frameCount: number;
  frameRate: number;
  /** Seconds. */
  duration: number;
}

/** How a result may differ from what was ordered; real ones sometimes do. */
export interface ResultChange {
  /** Frames more (repeated last one) or fewer (from the end). */
  frames?: number;
  resolution?: Resolution;
  frameRate?: number;
  /** "yuv420p": another pixel format than the profile's. */
  pixelFormat?: string;
}

/** Throws what ffmpeg says of a file without readable video. */
export async function measure(file: string): Promise<Measured> {
  const list = await runFfmpeg(ffmpegPath, ['-i', file, '-map', '0:v:0', '-c', 'copy', '-f', 'framecrc', 'pipe:1']);
  const lines = list.toString().trim().split('\n');
  const head = (name: string): string => lines.find((line) => line.startsWith(`#${name} 0:`))?.split(': ')[1] ?? '';
  const [width = 0, height = 0] = head('dimensions').split('x').map(Number);
  const [num = 1, den = 1] = head('tb').split('/').map(Number);
  // Columns: stream, dts, pts, duration, size, checksum.
  const durations = lines.filter((line) => !line.startsWith('#')).map((line) => Number(line.split(',')[3]));
  const duration = (durations.reduce((sum, each) => sum + each, 0) * num) / den;
  return {
    resolution: { width, height },
    frameCount: durations.length,
    frameRate: durations.length / duration,
    duration,
  };
}

/**
 * Makes the result: a plain scaler in the place of the model, everything else as ordered. The service works the same way
 * on the outside; what its models do to pictures is not imitated.
 */
export async function enhance(
  files: { source: string; result: string },
  order: SettledOrder,
  options: { change?: ResultChange | undefined; frames: number; signal: AbortSignal },
): Promise<void> {
  const { change = {}, frames, signal } = options;
  const output = { ...order.output, ...(change.resolution && { resolution: change.resolution }) };
  const [encoder, pixelFormat] = encoding(output);
  const length = change.frames && change.frames < 0 ? ['-frames:v', String(frames + change.frames)] : [];
  await runFfmpeg(
    ffmpegPath,
    [
      ...['-i', files.source, '-map', '0:v:0', ...sound(output), '-vf', filters(order, output, change).join(',')],
      ...[...encoder, '-pix_fmt', change.pixelFormat ?? pixelFormat, '-fps_mode', 'passthrough', ...length],
      ...['-y', files.result],
    ],
    signal,
  );
}

function filters(order: SettledOrder, output: Output, change: ResultChange): string[] {
  const { width, height } = output.resolution;
  const slowmo = order.filters.reduce((factor, filter) => factor * Number(filter['slowmo'] ?? 1), 1);
  const interpolates = order.filters.some(({ model }) => catalog.get(model)?.kind === 'interpolation');
  const rate = change.frameRate ?? (interpolates ? output.frameRate : undefined);
  return [
    ...(slowmo === 1 ? [] : [`setpts=${slowmo}*PTS`]),
    ...(rate === undefined ? [] : [`fps=${rate}`]),
    ...(output.cropToFit
      ? [`scale=${width}:${height}:force_original_aspect_ratio=increase:flags=bicubic`, `crop=${width}:${height}`]
      : [`scale=${width}:${height}:flags=bicubic`]),
    'setsar=1',
    ...(change.frames && change.frames > 0 ? [`tpad=stop=${change.frames}:stop_mode=clone`] : []),
  ];
}

/** Encoder arguments and pixel format of a profile. Constant quality, quick: tests wait for it. */
function encoding({ videoEncoder, videoProfile, videoBitrate }: Output): [string[], string] {
  const deep = videoProfile === 'Main10' || videoProfile === '10-bit';
  const rate = videoBitrate ? ['-b:v', videoBitrate.toUpperCase().replace('K', 'k')] : [];
  const proresProfile = ['422 Proxy', '422 LT', '422 Std', '422 HQ'].indexOf(videoProfile);
  const encoders: Record<Encoder, string[]> = {
    ProRes: ['-c:v', 'prores_ks', '-profile:v', String(proresProfile), '-vendor', 'apl0'],
    H264: ['-c:v', 'libx264', '-preset', 'ultrafast', ...rate],
    H265: ['-c:v', 'libx265', '-preset', 'ultrafast', '-tag:v', 'hvc1', '-x265-params', 'log-level=error', ...rate],
    AV1: ['-c:v', 'libsvtav1', '-preset', '12', ...rate],
    VP9: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', ...rate],
  };
  const planar = deep ? 'yuv420p10le' : 'yuv420p';
  return [encoders[videoEncoder], videoEncoder === 'ProRes' ? 'yuv422p10le' : planar];
}

function sound({ audioTransfer, audioCodec = 'AAC', audioBitrate }: Output): string[] {
  if (audioTransfer === 'None') return ['-an'];
  if (audioTransfer === 'Copy') return ['-map', '0:a?', '-c:a', 'copy'];
  const codec = { AAC: 'aac', AC3: 'ac3', PCM: 'pcm_s16le' }[audioCodec];
  return ['-map', '0:a?', '-c:a', codec, ...(audioBitrate ? ['-b:a', `${audioBitrate}k`] : [])];
}
