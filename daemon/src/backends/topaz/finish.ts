import { rm, stat } from 'node:fs/promises';
import { type Media, type Size } from '@uprez/shared';
import { FrameFacts } from '../../engine/frame-facts.ts';
import { publish, unpublish } from '../../engine/publish.ts';
import { SegmentWriter } from '../../engine/segment-writer.ts';
import { layoutOf } from '../../engine/segments.ts';
import { Sound } from '../../engine/sound.ts';
import { movTables } from '../../engine/tables.ts';
import { verify } from '../../engine/verify.ts';
import { convertFramesArgs, copyFramesArgs } from '../../media/cloud-args.ts';
import { startFfmpeg } from '../../media/ffmpeg.ts';
import { createMov, type MovWriter } from '../../media/mov/mov-writer.ts';
import { proresFrames } from '../../media/mov/prores-stream.ts';
import { probe } from '../../media/probe.ts';
import type { RunningJob, Segment } from '../backend.ts';
import type { Delivered, PlannedResult } from './plan-result.ts';
import { cloud } from './refusals.ts';

/** Aspect ratios that differ by less are the same: the service rounds sizes up to multiples of four. */
const SAME_ASPECT = 0.02;
/** No ProRes frame is larger than its raw 10-bit 4:2:2 planes and some headers. */
const HEADERS = 64 * 1024;

/** A result, and the file in which its pictures have come. */
type Received = PlannedResult & { file: string };

/**
 * Makes the finished file of what the service returned: its ProRes frames as they are where size and codec are right, else
 * converted; with the source's timecode, tags, shape of pixels and sound. Proves it as one made here, and gives it its name.
 * Throws `cloud.result-wrong` where the service returned something else, `local.verification-failed`.
 */
export async function finishResult(job: RunningJob, received: Received): Promise<Delivered> {
  const { plan, timing, file } = received;
  const media = await probe(file, { maxFileBytes: Number.MAX_SAFE_INTEGER });
  expectResult(media, received);
  // A run that was killed right after giving it its name: it is made again under the same.
  await unpublish(plan.output.partial, plan.output.path);
  const mov = await createMov(plan.output.partial, { replace: true });
  const segments = await writeFrames(job, { received, mov, media }).catch(async (error: unknown) => {
    await mov.close();
    await rm(plan.output.partial, { force: true });
    throw error;
  });
  job.report({ stage: 'finish', framesDone: timing.frameCount, framesTotal: timing.frameCount });
  await mov.finish(movTables(plan, timing, segments));
  job.report({ stage: 'verify', framesDone: timing.frameCount, framesTotal: timing.frameCount });
  const checks = await verify(plan.output.partial, plan, { timing, signal: job.signal });
  job.signal.throwIfAborted();
  const path = await publish(plan.output.partial, plan.output.path);
  return { path, sizeBytes: (await stat(path)).size, checks };
}

/** Every frame, and the same picture: what can't be made right here is not passed off as right. */
function expectResult(media: Media, { plan, timing }: PlannedResult): void {
  const wrong = (what: string, expected: string | number, found: string | number): never => {
    throw cloud('cloud.result-wrong', { what, expected, found });
  };
  if (media.frameCount !== timing.frameCount) wrong('the number of frames', timing.frameCount, media.frameCount);
  const { size } = plan.output;
  const ratio = (media.width * size.height) / (media.height * size.width);
  if (Math.abs(ratio - 1) > SAME_ASPECT) wrong('the size', text(size), text(media));
}

async function writeFrames(
  job: RunningJob,
  { received, mov, media }: { received: Received; mov: MovWriter; media: Media },
): Promise<Segment[]> {
  const { plan, timing, file } = received;
  const { size, color } = plan.output;
  const ready = media.codec === 'prores' && isHq(media) && text(media) === text(size);
  const args = ready ? copyFramesArgs(file, color) : convertFramesArgs(file, size, color);
  const ffmpeg = startFfmpeg(plan.ffmpeg, args, { signal: job.signal });
  const sounds = plan.audio.map((track) => new Sound(track, { plan, timing, from: 0, signal: job.signal }));
  const segments: Segment[] = [];
  const layout = layoutOf(timing);
  const facts = new FrameFacts(layout);
  const writer = new SegmentWriter(mov, {
    ...{ layout, from: 0, sounds, facts },
    // What the model made of the pictures can only be measured where it runs.
    measure: () => Promise.resolve(null),
    // Finishing is short and starts over: nothing has to be on record.
    record: (segment) => Promise.resolve(void segments.push(segment)),
  });
  try {
    for await (const frames of proresFrames(ffmpeg.stdout, { maxFrameBytes: size.width * size.height * 4 + HEADERS })) {
      if (writer.framesWritten + frames.length > timing.frameCount) break;
      await writer.append(frames);
      job.report({ stage: 'finish', framesDone: writer.framesWritten, framesTotal: timing.frameCount });
    }
    await ffmpeg.ended;
    await writer.flush();
  } finally {
    ffmpeg.kill();
    await Promise.all([ffmpeg.ended.catch(() => undefined), ...sounds.map((sound) => sound.close())]);
  }
  if (writer.framesWritten === timing.frameCount) return segments;
  const numbers = { expected: timing.frameCount, found: writer.framesWritten };
  throw cloud('cloud.result-wrong', { what: 'the number of frames', ...numbers });
}

/** Other profiles of ProRes differ in their chroma or depth, or show it in their rate: the check of the file finds them. */
function isHq({ chroma, bitDepth }: Media): boolean {
  return chroma === '422' && bitDepth === 10;
}

function text({ width, height }: Size): string {
  return `${width}x${height}`;
}
