import { AppError, type Check, formatTimecode, framesToSeconds, type Media, rateLabel, sameRate } from '@uprez/shared';
import { proofArgs } from '../media/args.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { probe } from '../media/probe.ts';
import { crashOf } from './crash.ts';
import type { EnginePlan, Timing } from './plan.ts';

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
  const [media, decoded] = await Promise.all([
    probe(file, { maxFileBytes: Number.MAX_SAFE_INTEGER }),
    decodeEnds(file, { plan, timing, signal }),
  ]);
  const checks = [...pictureChecks(media, plan, timing), ...soundChecks(media, plan), ...decoded];
  const wrong = checks.find((check) => !check.ok);
  if (wrong)
    throw new AppError('local.verification-failed', { what: wrong.what, expected: wrong.expected, found: wrong.found });
  return checks;
}

function pictureChecks(media: Media, plan: EnginePlan, timing: Timing): Check[] {
  const { size, color, sampleAspect, timecode } = plan.output;
  const seconds = framesToSeconds(timing.frameCount, plan.frameRate);
  const halfFrame = framesToSeconds(0.5, plan.frameRate);
  const startFrame = timecode && timecode.startFrame + timing.firstFrame;
  return [
    same('codec', 'prores 422 HQ', media.codec === 'prores' ? 'prores 422 HQ' : media.codec),
    same('size', `${size.width}x${size.height}`, `${media.width}x${media.height}`),
    same('pixels', '4:2:2 10 bit', `${media.chroma === '422' ? '4:2:2' : media.chroma} ${media.bitDepth} bit`),
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
      'sample aspect',
      `${sampleAspect.num}:${sampleAspect.den}`,
      `${media.sampleAspect.num}:${media.sampleAspect.den}`,
    ),
    same(
      'colour',
      `${color.primaries}/${color.transfer}/${color.matrix}`,
      `${media.color.primaries}/${media.color.transfer}/${media.color.matrix}`,
    ),
    same(
      'timecode',
      startFrame === null ? 'none' : formatTimecode(startFrame, plan.frameRate, timecode?.dropFrame),
      media.timecode?.text ?? 'none',
    ),
  ];
}

function soundChecks(media: Media, plan: EnginePlan): Check[] {
  const describe = (tracks: readonly { channels: number; sampleRate: number; bitDepth: number | null }[]): string =>
    tracks.map((track) => `${track.channels} ch ${track.sampleRate} Hz ${track.bitDepth ?? '?'} bit`).join(', ') ||
    'none';
  return [same('sound', describe(plan.audio), describe(media.audio))];
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
