import type {
  Check,
  FrameRange,
  FrameRate,
  HdrMetadata,
  Provider,
  Quality,
  Scale,
  Size,
  Stage,
  StepStatistics,
  Warning,
  Way,
  WaySpeed,
  WireError,
} from '@uprez/shared';
import type { Segment } from '../backends/backend.ts';
import type { OutputColor } from '../media/colors.ts';
import type { ProresEncoder } from '../media/encode-args.ts';
import type { FieldOrder, SourceFormat } from '../media/frame-filters.ts';
import type { EngineModel } from '../models/engine-model.ts';
import type { Treatment } from '../models/treatment.ts';
import type { Stillness } from './still-places.ts';
import type { Trial } from './trial.ts';

/** Everything the engine needs to know. The same plan on the same file gives the same frames, bit for bit. */
export interface EnginePlan {
  ffmpeg: string;
  source: SourceFormat;
  /** Frames wanted of the source, counted on the conformed timeline; handles are added as far as there are frames. */
  range: FrameRange;
  handles: number;
  /** May the source be wrong about whether its pictures are interlaced? Then they are looked at. */
  scanInDoubt: boolean;
  /** From the beginning of the source's presentation to its first frame: sound before that belongs to no frame. */
  leadSeconds: number;
  /** Frames the source has, or null where only decoding can tell. */
  sourceFrames: number | null;
  frameRate: FrameRate;
  scale: Scale;
  treatment: Treatment;
  stillness: Stillness;
  model: EngineModel;
  /** Ways to run it, the one in use first; the others are for when that fails. */
  ways: readonly Way[];
  /** Luma samples that a run may take, where earlier ones took too much; null = the engine decides. */
  mostSamples: number | null;
  threads: number;
  audio: AudioPlan[];
  output: OutputPlan;
}

export interface AudioPlan {
  /** Index among the source's audio streams. */
  stream: number;
  channels: number;
  sampleRate: number;
  bitDepth: 16 | 24;
  /** Places of the channels in their order; null where nothing says them. */
  layout: string | null;
}

export interface OutputPlan {
  /** Final name; work happens in `partial` beside it. */
  path: string;
  partial: string;
  size: Size;
  sampleAspect: { num: number; den: number };
  color: OutputColor;
  hdr: HdrMetadata | null;
  /** Transparency is kept: ProRes 4444 instead of 422 HQ. */
  alpha: boolean;
  /** Timecode of the source's first frame, as a frame number, or null without one. */
  timecode: { startFrame: number; dropFrame: boolean } | null;
}

/** Which frames of the source the job is about. */
export interface Timing {
  /** Presentation time of the source's first frame, in seconds; the decoder selects frames by time. */
  startSeconds: number;
  /** First source frame and number of frames, handles included. */
  firstFrame: number;
  frameCount: number;
  /** Which field comes first where pictures are interlaced, whatever the source says of them. */
  deinterlace: FieldOrder | null;
  /** What the user should know of what was found. */
  warnings: Warning[];
}

export interface EncoderChoice {
  /** Who encodes, and with which quantiser (`-qscale:v`) where it is ffmpeg's own. */
  encoder: ProresEncoder;
  quantiser: number;
}

/** Found out once by the first run and kept, so that a resumed run decides alike. */
export type Findings = Timing & EncoderChoice;

export interface EngineTask {
  plan: EnginePlan;
  findings: Findings | null;
  /** Segments that are already in the partial file. */
  done: Segment[];
}

export type ToEngine =
  | { type: 'run'; task: EngineTask }
  | { type: 'try'; trial: Trial }
  /** The segment that was sent last is on record: frames after it may be written. */
  | { type: 'recorded' };

export type FromEngine =
  | { type: 'found'; findings: Findings }
  | { type: 'progress'; stage: Stage; framesDone: number }
  | { type: 'segment'; segment: Segment }
  | { type: 'warning'; warning: Warning }
  | { type: 'statistics'; decode: StepStatistics; upscale: StepStatistics; combine: StepStatistics }
  /** Answers to `try`, which ends with the process. */
  | { type: 'providers'; here: Provider[] }
  | { type: 'tried'; speed: WaySpeed }
  | { type: 'memory'; process: string; peakBytes: number }
  /** The model runs in this way from now on; `why` the one before was left, or null at the start. */
  | { type: 'way'; way: Way; mostSamples: number | null; why: string | null }
  | { type: 'done'; result: EngineResult }
  | { type: 'failed'; error: WireError; stage: Stage; frame: number | null };

export interface EngineResult {
  path: string;
  sizeBytes: number;
  checks: Check[];
  quality: Quality;
}
