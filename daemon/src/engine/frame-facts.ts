import { createHash } from 'node:crypto';
import { type Layout, segmentOf } from './segments.ts';

/** What is known of frames on their way, kept until their segment is written. */
export class FrameFacts {
  private readonly layout: Layout;
  private readonly times = new Map<number, number>();
  private readonly digests = new Map<number, string>();

  constructor(layout: Layout) {
    this.layout = layout;
  }

  sawSource(frame: number, data: ArrayBufferLike): void {
    const segment = segmentOf(frame, this.layout);
    if (frame === segment.end - 1) this.digests.set(segment.index, digest(data));
  }

  sawDoubled(frame: number, milliseconds: number): void {
    this.times.set(frame, milliseconds);
  }

  /** Can be asked once for each frame. */
  inferenceMs(frame: number): number {
    return take(this.times, frame) ?? 0;
  }

  /** Digest of a segment's last source frame. Can be asked once for each segment. */
  sourceDigest(segment: number): string {
    return take(this.digests, segment) ?? '';
  }
}

/** Tells source frames apart; not a matter of security. */
export function digest(data: ArrayBufferLike): string {
  return createHash('sha1').update(new Uint8Array(data)).digest('hex');
}

function take<T>(map: Map<number, T>, key: number): T | undefined {
  const value = map.get(key);
  map.delete(key);
  return value;
}
