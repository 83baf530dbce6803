import { type FrameRate, type Media, framesToSeconds, rateValue } from '@uprez/shared';
import type { BmffFacts } from './probe-bmff.ts';
import { matroskaTimes } from './probe-matroska.ts';
import { mpegtsTimes } from './probe-mpegts.ts';
import { type FrameTimes, rhythmOf } from './probe-rhythm.ts';
import type { Container } from './probe-sniff.ts';
import { type Report, type Track, number, rateOf, text } from './probe-track.ts';
import type { ByteSource } from './probe-window.ts';

export type Timing = Pick<Media, 'frameRate' | 'timing' | 'frameCount' | 'durationSeconds'>;

/** For a clip of which nothing tells the rate; it counts as variable, so nothing depends on it being right. */
const UNKNOWN_RATE: FrameRate = { num: 25, den: 1 };

export interface TimingEvidence {
  container: Container;
  report: Report;
  video: Track;
  bmff: BmffFacts | undefined;
}

/**
 * Rate, steadiness, count and duration. MediaInfo goes by tables and averages; the frames' own times decide where they
 * can be had cheaply. Undefined when the clip holds no frames. In Matroska, AVI and transport streams the count of a long
 * clip is what rate and duration make it: only decoding gives the exact one.
 */
export async function timingOf(source: ByteSource, evidence: TimingEvidence): Promise<Timing | undefined> {
  if (isEmpty(evidence)) return undefined;
  const seconds = secondsOf(evidence);
  const frames = await frameTimes(source, evidence);
  const { frameRate, steady } = beatOf(evidence, frames);
  const rate = rateValue(frameRate);
  const hidden = hidesFrames(evidence.video, rate);
  const frameCount = Math.max(1, Math.round(countOf(evidence, frames, hidden) ?? seconds * rate));
  const regular = framesToSeconds(frameCount, frameRate);
  const gap = !frames && seconds > 0 && Math.abs(seconds - regular) * rate > 1.5;
  if (steady && !hidden && !gap) return { frameRate, frameCount, timing: 'constant', durationSeconds: regular };
  return { frameRate, frameCount, timing: 'variable', durationSeconds: seconds || regular };
}

function isEmpty(evidence: TimingEvidence): boolean {
  return evidence.bmff?.samples === 0 || (secondsOf(evidence) === 0 && !number(evidence.video, 'FrameCount'));
}

function secondsOf({ video, report }: TimingEvidence): number {
  return number(video, 'Duration') ?? number(report.general, 'Duration') ?? 0;
}

/** Where an edit list hides frames, MediaInfo counts those that are shown. */
function countOf({ bmff, video }: TimingEvidence, frames: FrameTimes | undefined, hidden: boolean): number | undefined {
  const shown = number(video, 'FrameCount');
  if (hidden) return shown;
  return bmff?.samples ?? (frames?.complete ? frames.times.length : shown);
}

function beatOf(evidence: TimingEvidence, frames: FrameTimes | undefined): { frameRate: FrameRate; steady: boolean } {
  const { container, video, bmff } = evidence;
  const declared = bmff?.exactRate ?? rateOf(video);
  const rhythm = frames && rhythmOf(frames.times, declared);
  if (!rhythm) return { frameRate: declared ?? UNKNOWN_RATE, steady: !saysVariable(evidence) };
  // of a transport stream MediaInfo says so when it can't tell
  const wholeStory = frames.complete || container === 'mpegts' || !saysVariable(evidence);
  return { frameRate: rhythm.rate, steady: rhythm.steady && wholeStory };
}

async function frameTimes(source: ByteSource, evidence: TimingEvidence): Promise<FrameTimes | undefined> {
  const { container, video, bmff } = evidence;
  if (container === 'mov') return bmff?.frames ?? undefined;
  if (container === 'matroska') return matroskaTimes(source);
  // MediaInfo finds the rate of other streams itself
  return container === 'mpegts' && !rateOf(video) ? mpegtsTimes(source) : undefined;
}

/** AVI and MXF have no frame times: what H.264 in them says about variable rates means nothing. */
function saysVariable({ container, video }: TimingEvidence): boolean {
  const timed = container !== 'avi' && container !== 'mxf';
  return !rateOf(video) || (timed && text(video, 'FrameRate_Mode') === 'VFR');
}

/** An edit list that shows less than the track holds. */
function hidesFrames(video: Track, rate: number): boolean {
  const [shown, whole] = [number(video, 'Duration'), number(video, 'Source_Duration')];
  return shown !== undefined && whole !== undefined && Math.abs(whole - shown) * rate > 0.5;
}
