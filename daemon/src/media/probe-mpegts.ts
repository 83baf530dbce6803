import type { FrameTimes } from './probe-rhythm.ts';
import type { ByteSource } from './probe-window.ts';

const SYNC = 0x47;
const PACKET_BYTES = 188;
/** Packets of M2TS files carry four more bytes in front. */
const M2TS_EXTRA = 4;
const SEARCH_BYTES = 4 * 1024 * 1024;
/** Frames come out of order: the last ones read may have neighbours that were not read. */
const REORDERED = 16;
const CLOCK = 90_000;

/** Presentation times of the first frames of the first video stream (ISO/IEC 13818-1, 2.4.3). */
export async function mpegtsTimes({ handle, sizeBytes }: ByteSource): Promise<FrameTimes> {
  const buffer = Buffer.alloc(Math.min(SEARCH_BYTES, sizeBytes));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
  const extra = buffer[0] === SYNC ? 0 : M2TS_EXTRA;
  const times: number[] = [];
  let video = -1;
  for (let at = extra; at + PACKET_BYTES <= bytesRead; at += PACKET_BYTES + extra) {
    const packet = buffer.subarray(at, at + PACKET_BYTES);
    const stream = packet.readUInt16BE(1) & 0x1fff;
    const time = startsUnit(packet) && (video < 0 || stream === video) ? videoTime(payload(packet)) : undefined;
    if (time === undefined) continue;
    video = stream;
    times.push(time);
  }
  const sorted = Float64Array.from(times).sort();
  return { times: sorted.subarray(0, Math.max(0, sorted.length - REORDERED)), complete: false };
}

function startsUnit(packet: Buffer): boolean {
  return packet[0] === SYNC && (packet[1]! & 0x40) !== 0;
}

/** What follows the adaptation field, if there is one. */
function payload(packet: Buffer): Buffer {
  const adapted = (packet[3]! & 0x20) !== 0;
  return packet.subarray(adapted ? 5 + packet[4]! : 4);
}

/** The time stamp of a packet that starts a picture, in seconds: 33 bits in five bytes. */
function videoTime(unit: Buffer): number | undefined {
  const isVideo = unit.length >= 14 && unit.readUIntBE(0, 3) === 1 && (unit[3]! & 0xf0) === 0xe0;
  if (!isVideo || (unit[7]! & 0x80) === 0) return undefined;
  const high = (unit[9]! >> 1) & 0x07;
  return (high * 2 ** 30 + (unit.readUInt16BE(10) >> 1) * 2 ** 15 + (unit.readUInt16BE(12) >> 1)) / CLOCK;
}
