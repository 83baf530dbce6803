import type { Size } from '@uprez/shared';
import type { EnginePlan } from '../../../engine/plan.ts';
import { planesInput, proresHq } from '../../../media/cloud-args.ts';

/** Frames that the model looks at to set its own strengths, as the app does it in "Auto". */
const ESTIMATED_FRAMES = 8;

export interface Enhancement {
  model: string;
  file: string;
}

/**
 * Planes on stdin, as our decoder delivers them → ProRes 422 HQ in a QuickTime file, by the app's own ffmpeg. Its filter
 * works on 16-bit RGB, so both conversions are spelled out: matrix and range are ours, not its guesses. What it enlarges by
 * is checked by a last scaling to the exact size. (Options of `tvai_up` as in the fork's libavfilter, 2025-04.)
 */
export function enhanceArgs(
  { source, frameRate, scale, output }: EnginePlan,
  { model, file }: Enhancement,
  platform: NodeJS.Platform,
): string[] {
  const matrix = `bt${source.matrix}`;
  const flags = 'flags=lanczos+accurate_rnd+full_chroma_inp+full_chroma_int';
  const filters = [
    `scale=in_color_matrix=${matrix}:in_range=${source.range}:${flags}`,
    'format=rgb48le',
    `tvai_up=model=${model}:scale=${scale}:estimate=${ESTIMATED_FRAMES}:device=-2:vram=1:instances=1`,
    `scale=${text(output.size)}:out_color_matrix=${matrix}:out_range=limited:${flags}`,
    `format=${platform === 'darwin' ? 'p210le' : 'yuv422p10le'}`,
  ];
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'info', '-stats_period', '1', '-progress', 'pipe:1'],
    ...[...planesInput(source, frameRate), '-vf', filters.join(','), '-fps_mode', 'passthrough'],
    ...(platform === 'darwin' ? videotoolbox : proresHq),
    ...['-f', 'mov', '-y', `file:${file}`],
  ];
}

/** The app's builds have no other encoder of ProRes on a Mac that is as fast. */
const videotoolbox = ['-c:v', 'prores_videotoolbox', '-profile:v', 'hq'];

function text({ width, height }: Size): string {
  return `${width}:${height}`;
}
