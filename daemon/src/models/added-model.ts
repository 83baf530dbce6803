import { ModelId } from '@uprez/shared';
import { z } from 'zod';
import { RgbTraits } from './rgb-traits.ts';

/** A network that the user added or downloaded, as it is kept on record. */
export const AddedModel = z.object({
  id: ModelId,
  name: z.string(),
  purpose: z.string(),
  licence: z.string(),
  copyright: z.string().nullable(),
  licenceText: z.string().nullable(),
  /** Where it is from, in words. */
  origin: z.string(),
  /** The weights as their authors published them, where they were downloaded. */
  published: z.object({ url: z.string(), sha256: z.string(), bytes: z.int() }).nullable(),
  /** Of the ONNX file. */
  sha256: z.string().regex(/^[\da-f]{64}$/),
  traits: RgbTraits,
  /** 960x540 → 1920x1080 on two cores, for estimates until this machine has its own figures. */
  framesPerSecond: z.number().positive(),
  addedAt: z.number(),
});
export type AddedModel = z.infer<typeof AddedModel>;
