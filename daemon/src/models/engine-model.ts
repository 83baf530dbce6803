import type { RgbTraits } from './rgb-traits.ts';

/** What the engine enlarges frames with. The registry makes it from an id, the graph composers turn it into graphs. */
export type EngineModel =
  | { kind: 'interpolation' }
  /** A core network made for planes (models/README.md). */
  | { kind: 'planes'; file: string }
  /** Any RGB network, wrapped into planes by what is known about it. */
  | { kind: 'rgb'; file: string; traits: RgbTraits };
