import type { FrameGraphs } from '../models/frame-graphs.ts';
import type { PlanesFormat } from '../models/planes-format.ts';
import type { GraphScale } from '../models/rgb-traits.ts';
import { type Area, enlarged } from './planes.ts';
import { type TileLayout, tileLayout } from './tiles.ts';

/** One enlargement of a frame, made up by the engine: all that a thread has to know to run it. */
export interface PassPlan {
  /** An ONNX file with all shapes fixed. */
  graph: Uint8Array;
  /** Of whole frames that it gets. */
  format: PlanesFormat;
  factor: GraphScale;
  layout: TileLayout;
  /** Compared with the first result; null for the plain way, which is what others are compared with. */
  proof: ProofPlan | null;
}

/** The middle of a frame, enlarged in the plain way. */
export interface ProofPlan {
  pass: PassPlan;
  /** The part of the frame that `pass` gets. */
  area: Area;
  /** The part of it to compare: what lies around is what its result depends on. */
  inner: Area;
}

/** All that becomes of a frame, one pass after the other; `plain` are the same graphs in 32-bit floats. */
export function planPasses(
  graphs: FrameGraphs,
  frame: PlanesFormat,
  { most, plain }: { most: number; plain: FrameGraphs | null },
): PassPlan[] {
  let format = frame;
  return graphs.passes.map((factor, pass) => {
    const layout = tileLayout(format, { ...graphs, most });
    const proof = plain && planProof(plain, format, pass);
    const plan = { graph: graphs.compose({ ...format, ...layout.size }, pass), format, factor, layout, proof };
    format = enlarged(format, factor);
    return plan;
  });
}

function planProof(plain: FrameGraphs, frame: PlanesFormat, pass: number): ProofPlan {
  const { area, inner } = middle(frame, plain);
  const size = { width: area.width, height: area.height };
  const format = { ...frame, ...size };
  const layout = { size, tiles: [{ x: 0, y: 0, inner: { x: 0, y: 0, ...size } }] };
  const factor = plain.passes[pass] ?? 1;
  return { pass: { graph: plain.compose(format, pass), format, factor, layout, proof: null }, area, inner };
}

/** Side of the part that is compared, in luma samples of the source. */
const PROVEN_SIDE = 96;

function middle({ width, height }: { width: number; height: number }, { overlap, grid }: FrameGraphs) {
  const across = stretch(width, overlap, grid);
  const down = stretch(height, overlap, grid);
  return {
    area: { x: across.start, y: down.start, width: across.length, height: down.length },
    inner: { x: across.from, y: down.from, width: across.to - across.from, height: down.to - down.from },
  };
}

function stretch(length: number, overlap: number, grid: number) {
  const around = Math.ceil(overlap / grid) * grid;
  const side = Math.ceil(PROVEN_SIDE / grid) * grid;
  if (length <= side + 2 * around + grid) return { start: 0, length, from: 0, to: length };
  const start = Math.floor((length - side - 2 * around) / 2 / grid) * grid;
  return { start, length: side + 2 * around, from: start + around, to: start + around + side };
}
