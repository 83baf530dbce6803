import type { FrameTimes } from './probe-rhythm.ts';
import { type ByteSource, ByteWindow } from './probe-window.ts';

/** Identifiers of RFC 9559. Of these elements the content is walked through. */
const ENTERED = new Set([
  0x18538067, // Segment
  0x1549a966, // Info
  0x1654ae6b, // Tracks
  0xae, // TrackEntry
  0x1f43b675, // Cluster
  0xa0, // BlockGroup
]);
const TIMESTAMP_SCALE = 0x2ad7b1;
const TRACK_NUMBER = 0xd7;
const TRACK_TYPE = 0x83;
const CLUSTER_TIMESTAMP = 0xe7;
const SIMPLE_BLOCK = 0xa3;
const BLOCK = 0xa1;
const VIDEO = 1;

/** A size of all ones, in the eight bytes that writers reserve for it: not known when the file was written. */
const UNKNOWN_SIZE = 2 ** 56 - 1;

/** Enough to know a clip by, and 0.1 s at most: five minutes at 24 frames a second with sound. */
const MAX_FRAMES = 8_000;
const MAX_ELEMENTS = 50_000;
/** Identifier, size and the first fields of any element that is looked into. */
const HEAD_BYTES = 24;

interface Walk {
  scale: number;
  trackNumber: number;
  videoTrack: number;
  clusterTime: number;
  times: number[];
}

/** Frame times of the first video track, from the headers of its blocks; Matroska has no table of them. */
export async function matroskaTimes(source: ByteSource): Promise<FrameTimes> {
  const window = new ByteWindow(source);
  const walk: Walk = { scale: 1_000_000, trackNumber: 0, videoTrack: 0, clusterTime: 0, times: [] };
  let at = 0;
  for (let i = 0; i < MAX_ELEMENTS && walk.times.length < MAX_FRAMES && at < source.sizeBytes; i++) {
    const element = parseElement(await window.read(at, HEAD_BYTES));
    if (!element) break;
    if (ENTERED.has(element.id)) at += element.contentAt;
    else {
      visit(walk, element);
      at += element.contentAt + element.sizeBytes;
    }
  }
  return { times: Float64Array.from(walk.times), complete: at >= source.sizeBytes };
}

/** Why a file is not whole, if its first elements say how long it should be; null when it is or they don't. */
export async function matroskaDamage(source: ByteSource): Promise<string | null> {
  const window = new ByteWindow(source);
  const header = parseElement(await window.read(0, HEAD_BYTES));
  const start = header ? header.contentAt + header.sizeBytes : 0;
  const segment = parseElement(await window.read(start, HEAD_BYTES));
  if (!segment || segment.sizeBytes >= UNKNOWN_SIZE) return null;
  const end = start + segment.contentAt + segment.sizeBytes;
  return end > source.sizeBytes ? `it should have ${end} bytes and has ${source.sizeBytes}` : null;
}

interface Element {
  id: number;
  /** Of the content: where it starts behind the identifier, its size, its first bytes. */
  contentAt: number;
  sizeBytes: number;
  content: Buffer;
}

function parseElement(head: Buffer): Element | undefined {
  const idBytes = lengthOf(head[0]);
  const sizeBytes = lengthOf(head[idBytes]);
  if (idBytes > 4 || sizeBytes > 8 || head.length < idBytes + sizeBytes) return undefined;
  const contentAt = idBytes + sizeBytes;
  const marked = head[idBytes]! & (0xff >> sizeBytes);
  const size = head.subarray(idBytes + 1, contentAt).reduce((value, byte) => value * 256 + byte, marked);
  return { id: head.readUIntBE(0, idBytes), contentAt, sizeBytes: size, content: head.subarray(contentAt) };
}

/** Bytes of a number whose first byte starts with that many bits, the last of them 1 (RFC 8794, 4.4). */
function lengthOf(first: number | undefined): number {
  return Math.clz32(first ?? 0) - 23;
}

function visit(walk: Walk, { id, content, sizeBytes }: Element): void {
  const value = (): number => (sizeBytes > 0 && sizeBytes <= 6 ? content.readUIntBE(0, sizeBytes) : 0);
  switch (id) {
    case TIMESTAMP_SCALE:
      walk.scale = value();
      break;
    case TRACK_NUMBER:
      walk.trackNumber = value();
      break;
    case TRACK_TYPE:
      if (value() === VIDEO && walk.videoTrack === 0) walk.videoTrack = walk.trackNumber;
      break;
    case CLUSTER_TIMESTAMP:
      walk.clusterTime = value();
      break;
    case SIMPLE_BLOCK:
    case BLOCK:
      visitBlock(walk, content);
      break;
  }
}

/** Track number, and time relative to the cluster. */
function visitBlock(walk: Walk, content: Buffer): void {
  const numberBytes = lengthOf(content[0]);
  if (numberBytes > 4 || content.length < numberBytes + 2) return;
  const track = content.readUIntBE(0, numberBytes) - 2 ** (7 * numberBytes);
  if (track !== walk.videoTrack) return;
  walk.times.push(((walk.clusterTime + content.readInt16BE(numberBytes)) * walk.scale) / 1e9);
}
