import { chromaSize, type PlanesFormat } from '../models/planes-graph.ts';

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
export function enlarged(format: PlanesFormat, scale: 1 | 2 | 4): PlanesFormat {
  const { width, height, grey, matrix } = format;
  return {
    ...{ grey, matrix, chroma: '422', depth: 10, range: 'limited' },
    width: width * scale,
    height: height * scale,
  };
}

function plane({ width, height }: { width: number; height: number }, start: number): Plane {
  return { width, height, start, length: width * height };
}
