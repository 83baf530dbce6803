import type { Precision } from '@uprez/shared';
import type { RgbTraits } from './rgb-traits.ts';

/** What the engine enlarges frames with. The registry makes it from an id, the graph composers turn it into graphs. */
export type EngineModel =
  | { kind: 'interpolation' }
  /**
   * A core network made for planes (models/README.md), and where there is one, the same with 8-bit inner layers. A mirrored
   * one runs on each frame twice (planes-graph.ts).
   */
  | { kind: 'planes'; files: { fp32: string; int8?: string }; mirrored?: boolean }
  /** Any RGB network, wrapped into planes by what is known about it. */
  | { kind: 'rgb'; file: string; traits: RgbTraits };

/**
 * Precisions a model can be had in; fp16 is made from the fp32 weights of cores. RGB networks run as they came, and
 * interpolation is not worth a choice.
 */
export function precisionsOf(model: EngineModel): readonly Precision[] {
  if (model.kind !== 'planes') return ['fp32'];
  return model.files.int8 === undefined ? ['fp32', 'fp16'] : ['fp32', 'fp16', 'int8'];
}

/** Files that hold the model's weights. */
export function weightFiles(model: EngineModel): readonly string[] {
  if (model.kind === 'interpolation') return [];
  return model.kind === 'rgb' ? [model.file] : Object.values(model.files);
}
