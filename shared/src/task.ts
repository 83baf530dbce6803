import { z } from 'zod';
import { Deband, Look, noLook } from './look.ts';
import { FrameRate } from './rational.ts';

/** Frames `from` (included) to `to` (excluded) of the source, counted from its first frame; null = to the end. */
export const FrameRange = z.object({ from: z.int().min(0), to: z.int().positive().nullable() });
export type FrameRange = z.infer<typeof FrameRange>;

/** 1 keeps the size: for looks, ProRes and conforming without a model. */
export const Scale = z.union([z.literal(1), z.literal(2), z.literal(4)]);
export type Scale = z.infer<typeof Scale>;

/** A scale that models enlarge by. */
export const Enlargement = z.union([z.literal(2), z.literal(4)]);
export type Enlargement = z.infer<typeof Enlargement>;

export const BackendId = z.enum(['local', 'topaz', 'topaz-desktop']);
export type BackendId = z.infer<typeof BackendId>;

/**
 * How another rate is made, by the trade's names. `sampling` shows the nearest earlier frame, `blending` mixes neighbours,
 * `flow` moves what moves to where it is at that time.
 */
export const RateConversion = z.enum(['sampling', 'blending', 'flow']);
export type RateConversion = z.infer<typeof RateConversion>;

/** What becomes of interlaced pictures: whole ones, or two fields to a frame as in the source. */
export const Fields = z.enum(['deinterlace', 'keep']);
export type Fields = z.infer<typeof Fields>;

/** What becomes of transparency, which ProRes 422 can't hold: refused, left out, or kept in ProRes 4444. */
export const Alpha = z.enum(['refuse', 'drop', 'keep']);
export type Alpha = z.infer<typeof Alpha>;

/** What to do, without how far it has got. The same task on the same file always gives the same frames. */
export const Task = z.object({
  source: z.string().min(1).max(4096),
  range: FrameRange.default({ from: 0, to: null }),
  /** Extra frames before and after the range, as far as the source has them. */
  handles: z.int().min(0).max(10_000).default(0),
  backend: BackendId.default('local'),
  model: z.string().min(1).max(100).default('fast'),
  scale: Scale.default(2),
  /** Rate to conform to; null keeps the source's own (variable sources: the nearest standard rate). */
  frameRate: FrameRate.nullable().default(null),
  /** How frames of that rate are made. */
  rateConversion: RateConversion.default('sampling'),
  fields: Fields.default('deinterlace'),
  /** Applied to the finished picture, before it is rounded to 10 bits. */
  look: Look.default(noLook),
  deband: Deband.default('auto'),
  /** Write the .cube LUT that takes the look back, beside the result. */
  lut: z.boolean().default(false),
  audio: z.enum(['keep', 'none']).default('keep'),
  alpha: Alpha.default('refuse'),
  /** A folder, or a file ending in .mov; null = the output folder of the settings, else beside the source. */
  output: z.string().min(1).max(4096).nullable().default(null),
});
export type Task = z.infer<typeof Task>;
export type NewTask = z.input<typeof Task>;

/** Where the source item sits in a host's project. The daemon stores it and never reads it. */
export const HostReference = z.record(z.string(), z.unknown());

export const NewJob = z.object({
  task: Task,
  host: HostReference.nullable().default(null),
  /** Made by the client, so that a request sent twice gives one job. */
  requestId: z.string().min(8).max(100).nullable().default(null),
});
export type NewJob = z.input<typeof NewJob>;
