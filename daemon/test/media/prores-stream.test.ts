import { describe, expect, test } from 'vitest';
import { ProresSplitter, proresFrames } from '../../src/media/mov/prores-stream.ts';

const LIMITS = { maxFrameBytes: 10_000 };

function frame(sizeBytes: number, fill: number): Buffer {
  const out = Buffer.alloc(sizeBytes, fill);
  out.writeUInt32BE(sizeBytes, 0);
  out.write('icpf', 4, 'latin1');
  return out;
}

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

const images = [frame(36, 1), frame(777, 2), frame(5000, 3), frame(40, 4)];
const stream = Buffer.concat(images);

describe('a stream of ProRes frames', () => {
  test.each([1, 7, 8, 36, 100, 4096, stream.length])('is cut at its borders in chunks of %i bytes', async (size) => {
    const found: Buffer[] = [];
    for await (const frames of proresFrames(inChunks(stream, size), LIMITS)) {
      for (const { parts, sizeBytes } of frames) {
        found.push(Buffer.concat(parts));
        expect(found.at(-1)).toHaveLength(sizeBytes);
      }
    }
    expect(found).toEqual(images);
  });

  test('is not copied', () => {
    const [first] = new ProresSplitter(LIMITS).push(stream);
    expect(first?.parts).toHaveLength(1);
    expect(first?.parts[0]?.buffer).toBe(stream.buffer);
  });

  test('may be empty', () => {
    new ProresSplitter(LIMITS).end();
  });

  test.each([
    ['has no mark', Buffer.from('0000 not a frame at all'), "does not start with 'icpf'"],
    ['claims too much', frame(10_001, 0), 'claims 10001 bytes'],
    ['claims less than a header', frame(36, 0).fill(8, 3, 4), 'claims 8 bytes'],
    ['goes wrong later', Buffer.concat([frame(50, 1), Buffer.alloc(50)]), 'frame 1 does not start'],
  ])('is refused when it %s', (_why, bytes, message) => {
    expect(() => new ProresSplitter(LIMITS).push(bytes)).toThrow(message);
  });

  test.each([3, 20])('is refused when it ends %i bytes into a frame', async (extra) => {
    const cut = Buffer.concat([images[0]!, images[1]!.subarray(0, extra)]);
    const drain = async (): Promise<void> => {
      for await (const frames of proresFrames(inChunks(cut, 16), LIMITS)) expect(frames).toHaveLength(1);
    };
    await expect(drain()).rejects.toThrow('ended inside frame 1');
  });
});
