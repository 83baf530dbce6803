import type { Segment } from '../backends/backend.ts';
import { codePoints } from '../media/colors.ts';
import { type Span, SampleTable } from '../media/mov/sample-table.ts';
import type { AudioTable, MovTables } from '../media/mov/tables.ts';
import type { EnginePlan, Timing } from './plan.ts';
import { samplesAt } from './sound.ts';

/** What the movie atom has to say, from what the segments recorded. */
export function movTables(plan: EnginePlan, timing: Timing, segments: readonly Segment[]): MovTables {
  const { size, sampleAspect, color, hdr, alpha, timecode } = plan.output;
  const frames = new SampleTable();
  for (const segment of segments) frames.add(...segment.frames);
  return {
    video: {
      ...size,
      profile: alpha ? '4444' : 'hq',
      frameRate: plan.frameRate,
      sampleAspect,
      color: codePoints(color),
      hdr,
      frames,
    },
    timecode: timecode && {
      ...timecode,
      startFrame: timecode.startFrame + timing.firstFrame,
      frameRate: plan.frameRate,
    },
    audio: audioTables(plan, segments),
  };
}

/** Each segment begins with one chunk of every track, in their order. */
function audioTables(plan: EnginePlan, segments: readonly Segment[]): AudioTable[] {
  const tables = plan.audio.map(() => new SampleTable());
  for (const segment of segments) {
    let offset = segment.offset;
    plan.audio.forEach((track, i) => {
      const chunk: Span = { offset, sizeBytes: chunkBytes(plan, track, segment) };
      if (chunk.sizeBytes > 0) tables[i]?.add(chunk);
      offset += chunk.sizeBytes;
    });
  }
  return plan.audio.map((track, i) => ({ ...track, chunks: tables[i] ?? new SampleTable() }));
}

function chunkBytes(plan: EnginePlan, track: EnginePlan['audio'][number], segment: Segment): number {
  const end = segment.firstFrame + segment.frames.length;
  const samples =
    samplesAt(end, plan.frameRate, track.sampleRate) - samplesAt(segment.firstFrame, plan.frameRate, track.sampleRate);
  return (samples * track.channels * track.bitDepth) / 8;
}
