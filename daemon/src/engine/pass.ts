import type { Way } from '@uprez/shared';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { FrameGraphs } from '../models/frame-graphs.ts';
import type { PlanesFormat } from '../models/planes-format.ts';
import type { GraphScale } from '../models/rgb-traits.ts';
import { copyArea, copyFrame, enlarged, type Plane, type Planes, planesLayout, type PlanesLayout } from './planes.ts';
import { sessionOptions } from './providers.ts';
import { type TileLayout, tileLayout } from './tiles.ts';

export interface PassSetup {
  graphs: FrameGraphs;
  format: PlanesFormat;
  /** Which of the graphs. */
  pass: number;
  way: Way;
  /** Threads that onnxruntime uses. */
  threads: number;
  /** Luma samples that a run may take. */
  most: number;
}

/** One enlargement of a frame by a session with all shapes fixed: at once, or tile by tile. */
export class Pass {
  readonly from: PlanesLayout;
  readonly to: PlanesLayout;
  readonly format: PlanesFormat;
  readonly factor: GraphScale;
  /** Its place among the passes. */
  readonly number: number;
  private readonly session: InferenceSession;
  private readonly layout: TileLayout;
  private readonly window: Window;

  private constructor(setup: PassSetup, layout: TileLayout, session: InferenceSession) {
    const { graphs, format, pass } = setup;
    const factor = graphs.passes[pass] ?? 1;
    this.format = format;
    this.factor = factor;
    this.number = pass;
    this.from = planesLayout(format);
    this.to = planesLayout(enlarged(format, factor));
    this.layout = layout;
    this.session = session;
    this.window = windowFor({ ...format, ...layout.size }, factor);
  }

  /** Rejects where the provider, its device or the graph is not usable. */
  static async open(setup: PassSetup): Promise<Pass> {
    const { graphs, format, pass, way, threads } = setup;
    const layout = tileLayout(format, { ...graphs, most: setup.most });
    const graph = graphs.compose({ ...format, ...layout.size }, pass);
    return new Pass(setup, layout, await InferenceSession.create(graph, sessionOptions(way, threads)));
  }

  /** Frames may lie in memory that threads share: what onnxruntime sees is a copy. */
  async run(input: ArrayBufferLike, output: ArrayBufferLike): Promise<void> {
    const { window, session } = this;
    const from = { buffer: input, layout: this.from };
    const to = { buffer: output, layout: this.to };
    const { size, tiles } = this.layout;
    if (tiles.length === 1) {
      copyFrame(from, window.from);
      await session.run(window.feeds, window.fetches);
      return copyFrame(window.to, to);
    }
    for (const { x, y, inner } of tiles) {
      copyArea(from, window.from, { area: { x, y, ...size }, at: { x: 0, y: 0 } });
      await session.run(window.feeds, window.fetches);
      const area = { ...inner, x: inner.x - x, y: inner.y - y };
      copyArea(window.to, to, { area: this.grown(area), at: this.grown(inner) });
    }
  }

  close(): Promise<void> {
    return this.session.release();
  }

  /** The place of an area of the source in the result. */
  grown({ x, y, width, height }: { x: number; y: number; width: number; height: number }) {
    const { factor } = this;
    return { x: x * factor, y: y * factor, width: width * factor, height: height * factor };
  }
}

/** What the session reads and writes, the same memory for every run: a frame's or, where it is too large, a tile's. */
interface Window {
  from: Planes;
  to: Planes;
  feeds: Record<string, Tensor>;
  fetches: Record<string, Tensor>;
}

function windowFor(format: PlanesFormat, factor: GraphScale): Window {
  const from = empty(format);
  const to = empty(enlarged(format, factor));
  return {
    ...{ from, to },
    feeds: { y: tensor(from, 'y'), u: tensor(from, 'u'), v: tensor(from, 'v') },
    fetches: { Y: tensor(to, 'y'), U: tensor(to, 'u'), V: tensor(to, 'v') },
  };
}

function empty(format: PlanesFormat): Planes & { buffer: ArrayBuffer } {
  const layout = planesLayout(format);
  return { layout, buffer: new ArrayBuffer(layout.byteLength) };
}

/** A plane as a tensor over the frame's own memory. */
function tensor({ buffer, layout }: ReturnType<typeof empty>, name: 'y' | 'u' | 'v'): Tensor {
  const { width, height, start, length }: Plane = layout[name];
  const dims = [1, 1, height, width];
  return layout.bytesPerSample === 1
    ? new Tensor('uint8', new Uint8Array(buffer, start, length), dims)
    : new Tensor('uint16', new Uint16Array(buffer, start * 2, length), dims);
}
