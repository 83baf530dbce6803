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

/** The format that one doubling turns another into. */
export function doubled({ width, height, grey }: Pick<PlanesFormat, 'width' | 'height' | 'grey'>): PlanesFormat {
  return { grey, width: width * 2, height: height * 2, chroma: '422', depth: 10, range: 'limited' };
}

function plane({ width, height }: { width: number; height: number }, start: number): Plane {
  return { width, height, start, length: width * height };
}
