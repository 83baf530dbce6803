import { frameRate, type Way } from '@uprez/shared';
import type { EnginePlan } from '../../daemon/src/engine/plan.ts';
import { stillnessOf } from '../../daemon/src/engine/still-places.ts';
import type { EngineModel } from '../../daemon/src/models/engine-model.ts';
import { noTreatment } from '../../daemon/src/models/treatment.ts';
import type { BenchClip } from './clips.ts';

export interface BenchTools {
  ffmpeg: string;
  model: EngineModel;
  way: Way;
  threads: number;
  folder: string;
}

/** The plan the local backend would make for a bench clip at 2x. */
export function benchPlan(clip: BenchClip, tools: BenchTools): EnginePlan {
  const rate = frameRate(24);
  const path = `${clip.path}.out.mov`;
  return {
    ffmpeg: tools.ffmpeg,
    source: {
      path: clip.path,
      width: clip.width,
      height: clip.height,
      chroma: '420',
      depth: 10,
      deband: true,
      range: 'limited',
      matrix: '709',
      grey: false,
      rgb: false,
      ...{ turn: 0, deinterlace: null, sourceRate: rate },
      ...{ conformTo: null, evenRate: null, rateConversion: 'sampling' },
    },
    ...{ range: { from: 0, to: null }, handles: 0 },
    ...{ scanInDoubt: false, leadSeconds: 0 },
    sourceFrames: clip.frames,
    frameRate: rate,
    ...{ scale: 2, treatment: noTreatment, stillness: stillnessOf(8, 10) },
    model: tools.model,
    ways: [tools.way],
    mostSamples: null,
    threads: tools.threads,
    audio: [],
    output: {
      path,
      partial: `${path}.partial`,
      size: { width: clip.width * 2, height: clip.height * 2 },
      sampleAspect: { num: 1, den: 1 },
      color: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709' },
      ...{ hdr: null, alpha: false },
      timecode: null,
    },
  };
}
