import type { YuvMatrix } from '@uprez/shared';
import type { GraphBuilder } from './graph-builder.ts';
import type { YuvPicture } from './picture.ts';

/** Frames as they leave a decoder: three planes of unsigned codes. */
export interface PlanesFormat {
  width: number;
  height: number;
  chroma: '420' | '422' | '444';
  /** Bits per code; 8 travels in bytes, more in 16-bit words. */
  depth: number;
  range: 'limited' | 'full';
  /** Which RGB the codes stand for: the matrix of ITU-R BT.601, BT.709 or BT.2020 (non-constant luminance). */
  matrix: YuvMatrix;
  /** Chroma is neutral everywhere and must stay so; the core's opinion of it is left out. */
  grey: boolean;
}

/** Depth of the codes that graphs compute in. */
const codeDepth = 10;

/** A luma plane as it is stored, in 10-bit limited-range codes as float. */
export function lumaInput(graph: GraphBuilder, name: string, format: PlanesFormat): string {
  const input = graph.input(name, storage(format), [1, 1, format.height, format.width]);
  return toCodes(graph, input, lumaLevels(format));
}

/** A frame as it is stored, in 10-bit limited-range codes as float. */
export function planesInput(graph: GraphBuilder, format: PlanesFormat): YuvPicture {
  const { width, height } = format;
  return {
    luma: { width, height, planes: 1, value: lumaInput(graph, 'y', format) },
    chroma: { ...chromaSize(format), planes: 2, value: chromaInput(graph, format) },
  };
}

/** Both chroma planes as they are stored, one behind the other, in 10-bit limited-range codes as float. */
function chromaInput(graph: GraphBuilder, format: PlanesFormat): string {
  const { width, height } = chromaSize(format);
  const planes = ['u', 'v'].map((name) => graph.input(name, storage(format), [1, 1, height, width]));
  const joined = graph.node('Concat', planes, { attributes: { axis: 1 } });
  return toCodes(graph, joined, chromaLevels(format));
}

/** How integer codes map to 10-bit limited-range codes: (code - zero) * scale + offset. */
interface Levels {
  type: 'uint8' | 'uint16';
  scale: number;
  zero: number;
  offset: number;
}

/** Full-range luma 0 … 2^n-1 is black 64 to white 940 (ITU-R BT.2100 table 9). */
function lumaLevels(format: PlanesFormat): Levels {
  if (format.range === 'limited') return limitedLevels(format);
  return { type: storage(format), scale: 876 / (2 ** format.depth - 1), zero: 0, offset: 64 };
}

/** Full-range chroma is centred at 2^(n-1) and spans 896 codes (same table). */
function chromaLevels(format: PlanesFormat): Levels {
  if (format.range === 'limited') return limitedLevels(format);
  return { type: storage(format), scale: 896 / (2 ** format.depth - 1), zero: 2 ** (format.depth - 1), offset: 512 };
}

function limitedLevels(format: PlanesFormat): Levels {
  return { type: storage(format), scale: 2 ** (codeDepth - format.depth), zero: 0, offset: 0 };
}

function toCodes(graph: GraphBuilder, input: string, { type, scale, zero, offset }: Levels): string {
  const codes = graph.node('DequantizeLinear', [input, graph.floats([], [scale]), graph.zeroPoint(type, zero)]);
  return offset === 0 ? codes : graph.node('Add', [codes, graph.floats([], [offset])]);
}

/** Size of one chroma plane as ffmpeg stores it: rounded up where the luma size is odd. */
export function chromaSize(format: Pick<PlanesFormat, 'width' | 'height' | 'chroma'>): {
  width: number;
  height: number;
} {
  return {
    width: format.chroma === '444' ? format.width : Math.ceil(format.width / 2),
    height: format.chroma === '420' ? Math.ceil(format.height / 2) : format.height,
  };
}

/** How a decoder writes codes: in bytes, or in words where 8 bits don't hold them. */
export function storage(format: Pick<PlanesFormat, 'depth'>): 'uint8' | 'uint16' {
  return format.depth === 8 ? 'uint8' : 'uint16';
}
