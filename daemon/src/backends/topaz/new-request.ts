import { type FrameRate, framesToSeconds, rateValue, type Size } from '@uprez/shared';
import type { CloudModel } from './models.ts';

/** What the service returns: ready ProRes, or H.265 that is smaller to download and becomes ProRes here. */
export type ResultCodec = 'prores' | 'h265';

/** The clip as it will be uploaded. */
export interface CloudClip {
  container: 'mov' | 'mp4' | 'mkv';
  sizeBytes: number;
  frames: number;
  frameRate: FrameRate;
  size: Size;
}

/** Body of the call that asks for a quote. */
export interface NewRequest {
  source: {
    container: string;
    size: number;
    duration: number;
    frameCount: number;
    frameRate: number;
    resolution: Size;
  };
  filters: readonly (Readonly<Record<string, string | number | boolean>> & { model: string })[];
  output: {
    resolution: Size;
    frameRate: number;
    videoEncoder: 'ProRes' | 'H265';
    videoProfile: '422 HQ' | 'Main10';
    container: 'mov' | 'mp4';
    audioTransfer: 'None';
    dynamicCompressionLevel?: 'High';
  };
}

/**
 * Ten bits either way. ProRes takes neither rate nor compression level; H.265 gets the finest level, because it is encoded
 * once more here. Sound stays at home: the service could only lose something of it.
 */
const encodings = {
  prores: { videoEncoder: 'ProRes', videoProfile: '422 HQ', container: 'mov' },
  h265: { videoEncoder: 'H265', videoProfile: 'Main10', container: 'mp4', dynamicCompressionLevel: 'High' },
} as const;

/** Largest side that an encoder of the service takes. */
export const largestSide = { prores: 16_386, h265: 8192 } as const;

/** The request for a clip. Rates are sent as decimals of the exact fraction, never rounded to whole numbers. */
export function newRequest(clip: CloudClip, wanted: { model: CloudModel; size: Size; codec: ResultCodec }): NewRequest {
  const frameRate = rateValue(clip.frameRate);
  return {
    source: {
      container: clip.container,
      size: clip.sizeBytes,
      duration: framesToSeconds(clip.frames, clip.frameRate),
      frameCount: clip.frames,
      frameRate,
      resolution: clip.size,
    },
    filters: [{ model: wanted.model.id, ...wanted.model.parameters }],
    output: { resolution: servedSize(wanted.size), frameRate, audioTransfer: 'None', ...encodings[wanted.codec] },
  };
}

/** The size that the service makes of a wanted one: sides rounded up to multiples of four. */
export function servedSize({ width, height }: Size): Size {
  return { width: Math.ceil(width / 4) * 4, height: Math.ceil(height / 4) * 4 };
}
