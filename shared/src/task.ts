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

export const BackendId = z.enum(['local', 'topaz']);
export type BackendId = z.infer<typeof BackendId>;

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
  /** Applied to the finished picture, before it is rounded to 10 bits. */
  look: Look.default(noLook),
  deband: Deband.default('auto'),
  audio: z.enum(['keep', 'none']).default('keep'),
  dropAlpha: z.boolean().default(false),
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
