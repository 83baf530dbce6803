import { z } from 'zod';

/** What onnxruntime computes with, by its own names. */
export const Provider = z.enum(['cpu', 'webgpu', 'dml', 'coreml', 'cuda']);
export type Provider = z.infer<typeof Provider>;

/** Numbers that the inner layers of a model are computed in. */
export const Precision = z.enum(['fp32', 'fp16', 'int8']);
export type Precision = z.infer<typeof Precision>;

/** A way to run a model. */
export const Way = z.object({ provider: Provider, precision: Precision });
export type Way = z.infer<typeof Way>;

/** Works everywhere, and its numbers are what those of all other ways are measured by. */
export const plainWay: Way = { provider: 'cpu', precision: 'fp32' };

/** As people read it: "webgpu fp16". */
export function wayName({ provider, precision }: Way): string {
  return `${provider} ${precision}`;
}

export function sameWay(a: Way, b: Way): boolean {
  return a.provider === b.provider && a.precision === b.precision;
}

/** What came of trying a way to run a model: its speed at 2x in luma samples of the source, or why it is not usable. */
export interface WaySpeed {
  way: Way;
  samplesPerSecond: number | null;
  why: string | null;
}
