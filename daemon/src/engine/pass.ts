import type { Way } from '@uprez/shared';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { PlanesFormat } from '../models/planes-format.ts';
import type { GraphScale } from '../models/rgb-traits.ts';
import type { PassPlan } from './pass-plan.ts';
import { copyArea, copyFrame, enlarged, type Plane, type Planes, planesLayout, type PlanesLayout } from './planes.ts';
import { sessionOptions } from './providers.ts';

/** One enlargement of a frame by a session: at once, or tile by tile. */
export class Pass {
  readonly from: PlanesLayout;
  readonly to: PlanesLayout;
  readonly plan: PassPlan;
  private readonly session: InferenceSession;
  private readonly window: Window;

  private constructor(plan: PassPlan, session: InferenceSession) {
    const { format, factor, layout } = plan;
    this.plan = plan;
    this.from = planesLayout(format);
    this.to = planesLayout(enlarged(format, factor));
    this.session = session;
    this.window = windowFor({ ...format, ...layout.size }, factor);
  }

  /** Rejects where the provider, its device or the graph is not usable. `threads` are onnxruntime's own. */
  static async open(plan: PassPlan, way: Way, threads: number): Promise<Pass> {
    return new Pass(plan, await InferenceSession.create(plan.graph, sessionOptions(way, threads)));
  }

  /** Frames may lie in memory that threads share: what onnxruntime sees is a copy. */
  async run(input: ArrayBufferLike, output: ArrayBufferLike): Promise<void> {
    const { window, session } = this;
    const from = { buffer: input, layout: this.from };
    const to = { buffer: output, layout: this.to };
    const { size, tiles } = this.plan.layout;
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
    const { factor } = this.plan;
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

/** Planes in memory that no other thread sees: the runtime takes no other. */
interface OwnPlanes extends Planes {
  buffer: ArrayBuffer;
}

function empty(format: PlanesFormat): OwnPlanes {
  const layout = planesLayout(format);
  return { layout, buffer: new ArrayBuffer(layout.byteLength) };
}

/** A plane as a tensor over the frame's own memory. */
function tensor({ buffer, layout }: OwnPlanes, name: 'y' | 'u' | 'v'): Tensor {
  const { width, height, start, length }: Plane = layout[name];
  const dims = [1, 1, height, width];
  return layout.bytesPerSample === 1
    ? new Tensor('uint8', new Uint8Array(buffer, start, length), dims)
    : new Tensor('uint16', new Uint16Array(buffer, start * 2, length), dims);
}
