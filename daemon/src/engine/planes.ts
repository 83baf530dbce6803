import { chromaSize, type PlanesFormat } from '../models/planes-format.ts';
import type { GraphScale } from '../models/rgb-traits.ts';

/** Where the three planes of a frame lie in its buffer, in samples. */
export interface PlanesLayout {
  bytesPerSample: 1 | 2;
  y: Plane;
  u: Plane;
  v: Plane;
  byteLength: number;
}

export interface Plane {
  width: number;
  height: number;
  /** First sample. */
  start: number;
  length: number;
}

/** Layout of ffmpeg's planar rawvideo: y, u, v one after the other without padding. */
export function planesLayout(format: Pick<PlanesFormat, 'width' | 'height' | 'chroma' | 'depth'>): PlanesLayout {
  const bytesPerSample = format.depth === 8 ? 1 : 2;
  const chroma = chromaSize(format);
  const y = plane(format, 0);
  const u = plane(chroma, y.length);
  const v = plane(chroma, y.length + u.length);
  return { bytesPerSample, y, u, v, byteLength: (v.start + v.length) * bytesPerSample };
}

/** The format of a frame that a graph enlarged: what every graph returns, at another size. */
export function enlarged(format: PlanesFormat, scale: GraphScale): PlanesFormat {
  const { width, height, grey, matrix } = format;
  return {
    ...{ grey, matrix, chroma: '422', depth: 10, range: 'limited' },
    width: width * scale,
    height: height * scale,
  };
}

/** A rectangle of luma samples. Sides and corners lie on the chroma grid, or at the frame's right and lower edge. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A frame in memory. */
export interface Planes {
  buffer: ArrayBufferLike;
  layout: PlanesLayout;
}

/** The whole frame. Both have the same layout. */
export function copyFrame(from: Planes, to: Planes): void {
  new Uint8Array(to.buffer).set(new Uint8Array(from.buffer));
}

/** Copies the planes of `area` to the place in `to` that begins at `at`, row by row. Both have the same sampling. */
export function copyArea(from: Planes, to: Planes, { area, at }: { area: Area; at: { x: number; y: number } }): void {
  const [source, target] = [new Uint8Array(from.buffer), new Uint8Array(to.buffer)];
  const { bytesPerSample } = from.layout;
  for (const name of ['y', 'u', 'v'] as const) {
    const [read, write] = [from.layout[name], to.layout[name]];
    const [across, down] = [from.layout.y.width / read.width, from.layout.y.height / read.height].map(Math.round);
    const sub = (value: number, by = 1): number => Math.ceil(value / by);
    const bytes = sub(area.width, across) * bytesPerSample;
    let start = (read.start + sub(area.y, down) * read.width + sub(area.x, across)) * bytesPerSample;
    let end = (write.start + sub(at.y, down) * write.width + sub(at.x, across)) * bytesPerSample;
    for (let row = sub(area.height, down); row > 0; row--) {
      target.set(source.subarray(start, start + bytes), end);
      start += read.width * bytesPerSample;
      end += write.width * bytesPerSample;
    }
  }
}

function plane({ width, height }: { width: number; height: number }, start: number): Plane {
  return { width, height, start, length: width * height };
}
