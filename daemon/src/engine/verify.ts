import {
  AppError,
  type Check,
  type ContentLight,
  formatTimecode,
  framesToSeconds,
  type MasteringDisplay,
  type Media,
  rateLabel,
  sameRate,
} from '@uprez/shared';
import { proofArgs } from '../media/args.ts';
import { colorNames, type OutputColor } from '../media/colors.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { type ReadBack, readBack } from '../media/mov/read-back.ts';
import { probe } from '../media/probe.ts';
import { crashOf } from './crash.ts';
import type { EnginePlan, Timing } from './plan.ts';
import { samplesAt } from './sound.ts';

/**
 * Reads a finished file back and compares it with what was asked for. Returns all checks when they hold.
 * Throws `local.verification-failed` naming the first that does not.
 */
export async function verify(
  file: string,
  plan: EnginePlan,
  at: { timing: Timing; signal: AbortSignal },
): Promise<Check[]> {
  const { timing, signal } = at;
  const [media, inside, decoded] = await Promise.all([
    probe(file, { maxFileBytes: Number.MAX_SAFE_INTEGER }),
    readBack(file),
    decodeEnds(file, { plan, timing, signal }),
  ]);
  const checks = [
    ...pictureChecks(media, inside, plan),
    ...timeChecks(media, plan, timing),
    ...colorChecks(media, inside, plan),
    ...soundChecks(media, inside, { plan, timing }),
    ...decoded,
  ];
  const wrong = checks.find((check) => !check.ok);
  if (wrong)
    throw new AppError('local.verification-failed', { what: wrong.what, expected: wrong.expected, found: wrong.found });
  return checks;
}

function pictureChecks(media: Media, inside: ReadBack, { output: { size, sampleAspect, alpha } }: EnginePlan): Check[] {
  const codecs: Record<string, string> = { apch: 'prores 422 HQ', ap4h: 'prores 4444' };
  return [
    same('codec', alpha ? 'prores 4444' : 'prores 422 HQ', codecs[inside.codec] ?? inside.codec),
    same('size', `${size.width}x${size.height}`, `${media.width}x${media.height}`),
    same('pixels', alpha ? '4:4:4 12 bit with alpha' : '4:2:2 10 bit', pixels(media)),
    same('sample aspect', aspect(sampleAspect), aspect(media.sampleAspect)),
  ];
}

function timeChecks(media: Media, plan: EnginePlan, timing: Timing): Check[] {
  const { timecode } = plan.output;
  const seconds = framesToSeconds(timing.frameCount, plan.frameRate);
  const halfFrame = framesToSeconds(0.5, plan.frameRate);
  const startFrame = timecode && timecode.startFrame + timing.firstFrame;
  return [
    {
      what: 'frame rate',
      expected: rateLabel(plan.frameRate),
      found: rateLabel(media.frameRate),
      ok: sameRate(plan.frameRate, media.frameRate),
    },
    same('frames', timing.frameCount, media.frameCount),
    {
      what: 'duration',
      expected: `${seconds.toFixed(3)} s`,
      found: `${media.durationSeconds.toFixed(3)} s`,
      ok: Math.abs(media.durationSeconds - seconds) <= halfFrame,
    },
    same(
      'timecode',
      startFrame === null ? 'none' : formatTimecode(startFrame, plan.frameRate, timecode?.dropFrame),
      media.timecode?.text ?? 'none',
    ),
    ...(timecode ? [same('timecode counts', counting(timecode.dropFrame), counting(media.timecode?.dropFrame))] : []),
  ];
}

function colorChecks(media: Media, inside: ReadBack, { output: { color, hdr } }: EnginePlan): Check[] {
  const { mastering = null, light = null } = hdr ?? {};
  const found = media.hdr;
  return [
    same('colour', tags(color), tags(media.color)),
    same('colour in the container', tags(color), inside.color ? tags(colorNames(inside.color)) : 'none'),
    same('colour in the first frame', tags(color), tags(colorNames(inside.firstFrame.color))),
    same('colour in the last frame', tags(color), tags(colorNames(inside.lastFrame.color))),
    same('range', 'limited', media.color.range),
    same('field order', 'progressive', fieldOrder(inside)),
    ...(mastering ? [same('mastering display', masteringText(mastering), masteringText(found?.mastering))] : []),
    ...(light ? [same('content light', lightText(light), lightText(found?.light))] : []),
  ];
}

function soundChecks(media: Media, inside: ReadBack, { plan, timing }: { plan: EnginePlan; timing: Timing }): Check[] {
  const { audio, frameRate } = plan;
  return [
    same('sound tracks', audio.length || 'none', media.audio.length || 'none'),
    ...audio.map((track, i) => {
      const samples = samplesAt(timing.frameCount, frameRate, track.sampleRate);
      return same(`sound ${i + 1}`, soundText(track, samples), soundText(media.audio[i], inside.soundSamples[i]));
    }),
  ];
}

/** ProRes 4444 counts as 12 bits, which it can hold. */
function pixels({ chroma, bitDepth, alpha }: Media): string {
  const sampling = { '422': '4:2:2', '444': '4:4:4' }[chroma as string] ?? chroma;
  return `${sampling} ${bitDepth} bit${alpha ? ' with alpha' : ''}`;
}

function aspect({ num, den }: { num: number; den: number }): string {
  return `${num}:${den}`;
}

function counting(dropFrame: boolean | undefined): string {
  return dropFrame ? 'drop-frame' : 'every frame';
}

function tags({ primaries, transfer, matrix }: OutputColor): string {
  return `${primaries}/${transfer}/${matrix}`;
}

/** As container and frames say together. */
function fieldOrder({ fields, firstFrame, lastFrame }: ReadBack): string {
  if (fields?.[0] === 1 && firstFrame.interlace === 0 && lastFrame.interlace === 0) return 'progressive';
  return `${fields?.join(':') ?? 'none'} with frames of kind ${firstFrame.interlace} and ${lastFrame.interlace}`;
}

/** Three digits: files hold fractions of 50 000, and readers know common displays by name. */
function masteringText(display: MasteringDisplay | null | undefined): string {
  if (!display) return 'none';
  const { red, green, blue, white, minLuminance, maxLuminance } = display;
  const places = [red, green, blue, white].map(([x, y]) => `${x.toFixed(3)},${y.toFixed(3)}`).join(' ');
  return `${places}, ${minLuminance} to ${maxLuminance} cd/m²`;
}

function lightText(light: ContentLight | null | undefined): string {
  return light ? `${light.maxCll} and ${light.maxFall} cd/m²` : 'none';
}

interface SoundFacts {
  channels: number;
  sampleRate: number;
  bitDepth: number | null;
  layout: string | null;
}

function soundText(track: SoundFacts | undefined, samples: number | undefined): string {
  if (!track) return 'none';
  const { channels, sampleRate, bitDepth, layout } = track;
  const usual = layout ?? { 1: 'C', 2: 'L R' }[channels] ?? 'no places';
  return `${channels} ch (${usual}) ${sampleRate} Hz ${bitDepth ?? '?'} bit, ${samples ?? 0} samples`;
}

/** First and last frame, decoded completely. */
async function decodeEnds(
  file: string,
  { plan, timing, signal }: { plan: EnginePlan; timing: Timing; signal: AbortSignal },
): Promise<Check[]> {
  const last = framesToSeconds(Math.max(0, timing.frameCount - 1.4), plan.frameRate);
  const output = await runFfmpeg(plan.ffmpeg, proofArgs(file, last), signal).catch((error: unknown) => {
    signal.throwIfAborted();
    // One that was killed has proven nothing, neither way.
    const crash = crashOf('decoder of the proof', error);
    if (crash) throw crash;
    return Buffer.from(String(error));
  });
  const text = output.toString('utf8');
  const proofs = { 'first frame': /^0,.*, 0x[0-9a-f]{8}$/m, 'last frame': /^0,.*, *[0-9a-f]{32}$/m };
  return Object.entries(proofs).map(([what, line]) => {
    const ok = line.test(text);
    return { what, expected: 'decodes', found: ok ? 'decodes' : text.trim() || 'nothing', ok };
  });
}

function same(what: string, expected: string | number, found: string | number): Check {
  return { what, expected: String(expected), found: String(found), ok: expected === found };
}
