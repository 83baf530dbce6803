import { writeFile } from 'node:fs/promises';
import { turn } from '../support/clips.ts';
import { cached, ffmpeg } from '../support/tools.ts';
import type { Combination } from './combinations.ts';
import { frame, SIZE } from './picture.ts';

/** Frames of a clip, and the one at whose beginning every sound track clicks. */
export const FRAMES = 28;
export const CLICK_FRAME = 14;
/** Frames that an edit list hides: it lets the clip begin within the last of them. */
const HIDDEN = 4;

const SAMPLE_RATES = [48_000, 44_100];
/** Milliseconds that a click lasts. */
const CLICK_MS = 2;

/** What the clip's frames are shown at: 24 at a rate, or unevenly, at 25 on average. */
export function rateOf({ rate }: Combination): { num: number; den: number } {
  const [num = 25, den = 1] = rate === 'variable' ? [25] : rate.split('/').map(Number);
  return { num, den };
}

/** When a frame is shown, counted in frames of the rate: uneven clips are late by up to 0.8 of one. */
export function dueAt(number: number, { rate }: Combination): number {
  return rate === 'variable' ? number + 0.4 * (number % 3) : number;
}

/** Number of the first frame that is shown. */
export function firstShown({ start }: Combination): number {
  return start === 'whole' ? 0 : HIDDEN;
}

/** Colour tags by ffmpeg's names: primaries, transfer, matrix. */
export const tagsOf = {
  '601': ['smpte170m', 'smpte170m', 'smpte170m'],
  '709': ['bt709', 'bt709', 'bt709'],
  '2020': ['bt2020', 'smpte2084', 'bt2020nc'],
} as const;

/** Makes the clip of a combination; resolves to its path. */
export function makeClip(combination: Combination): Promise<string> {
  return cached(['matrix', 4, combination], '.mov', async (path) => {
    const { rotation, start } = combination;
    const whole = start === 'whole' ? path : `${path}.whole.mov`;
    await encode(combination, whole);
    if (start === 'edit list') {
      const within = (dueAt(HIDDEN - 1, combination) + dueAt(HIDDEN, combination)) / 2;
      const seconds = (within * rateOf(combination).den) / rateOf(combination).num;
      const streams = ['-map', '0:v', '-map', '0:a?', '-c', 'copy', '-map_metadata', '0'];
      await ffmpeg('-ss', seconds.toFixed(6), '-i', whole, ...streams, ...timecode(combination), '-y', path);
    }
    if (rotation) await turn(path, rotation);
  });
}

async function encode(combination: Combination, path: string): Promise<void> {
  const { num, den } = rateOf(combination);
  const { matrix, range, depth, chroma, sampleAspect, rate } = combination;
  const frames = Array.from({ length: FRAMES }, (_, i) => frame(i, combination));
  await writeFile(`${path}.planes`, Buffer.concat(frames));
  const sounds = await Promise.all(
    SAMPLE_RATES.slice(0, combination.sounds).map(async (sampleRate, i) => {
      await writeFile(`${path}.sound${i}`, click(sampleRate, combination));
      return ['-f', 's16le', '-ar', String(sampleRate), '-ac', '1', '-i', `${path}.sound${i}`];
    }),
  );
  const pixels = `yuv${chroma}p${depth === 8 ? '' : '10le'}`;
  const [primaries, transfer, space] = tagsOf[matrix];
  const tv = range === 'full' ? 'pc' : 'tv';
  // The frame's number, then its time: 512 units of 1/12800 s are a frame of 1/25 s.
  const uneven = rate === 'variable' ? ['settb=1/12800', 'setpts=(N+0.4*mod(N\\,3))*512'] : [];
  const tags = `setparams=range=${tv}:color_primaries=${primaries}:color_trc=${transfer}:colorspace=${space}`;
  await ffmpeg(
    ...['-f', 'rawvideo', '-pixel_format', pixels, '-video_size', `${SIZE.width}x${SIZE.height}`],
    ...['-framerate', `${num}/${den}`, '-i', `${path}.planes`, ...sounds.flat(), '-map', '0:v'],
    ...sounds.flatMap((_, i) => ['-map', String(i + 1), `-c:a:${i}`, i === 0 ? 'pcm_s16le' : 'aac']),
    ...['-vf', [...uneven, `setsar=${sampleAspect}`, tags].join(',')],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-qp', '0', '-g', '9', '-bf', '2', '-color_range', tv],
    ...['-color_primaries', primaries, '-color_trc', transfer, '-colorspace', space, '-video_track_timescale', '90000'],
    ...(rate === 'variable' ? ['-fps_mode', 'vfr', '-enc_time_base', '1/12800'] : []),
    ...[...timecode(combination), '-bitexact', '-y', path],
  );
}

/** Just before a minute in which drop-frame counting leaves numbers out. */
const timecodes = { none: null, 'non-drop': '01:00:59:20', drop: '01:00:59;27' } as const;

function timecode({ timecode: kind }: Combination): string[] {
  const text = timecodes[kind];
  return text === null ? [] : ['-timecode', text];
}

/** Silence with one loud tone at the beginning of the frame that clicks. */
function click(sampleRate: number, combination: Combination): Buffer {
  const { num, den } = rateOf(combination);
  const samples = new Int16Array(Math.ceil(((FRAMES + 1) * den * sampleRate) / num));
  const from = Math.round((dueAt(CLICK_FRAME, combination) * den * sampleRate) / num);
  const length = Math.round((sampleRate * CLICK_MS) / 1000);
  for (let i = 0; i < length; i++)
    samples[from + i] = Math.round(20_000 * Math.sin((2 * Math.PI * 2000 * i) / sampleRate));
  return Buffer.from(samples.buffer);
}
