import { once, EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { FrameFacts } from '../../src/engine/frame-facts.ts';
import { SegmentWriter } from '../../src/engine/segment-writer.ts';
import type { Segment } from '../../src/backends/backend.ts';
import { createMov } from '../../src/media/mov/mov-writer.ts';
import { tempDir } from '../support/temp-dir.ts';

const layout = { frameCount: 240, framesPerSegment: 24 };
const frame = { sizeBytes: 8, parts: [new Uint8Array(8)] };

describe('a segment that is slow to get on record', () => {
  it('holds up the frames behind it, so that a kill costs one segment at most', async () => {
    using folder = tempDir();
    const mov = await createMov(folder.file('a.partial'), { replace: true });
    const segments: Segment[] = [];
    const database = new EventEmitter();
    const writer = new SegmentWriter(mov, {
      ...{ layout, from: 0, sounds: [], facts: new FrameFacts(layout) },
      measure: () => Promise.resolve(null),
      record: async (segment) => {
        segments.push(segment);
        database.emit('asked');
        await once(database, 'recorded');
      },
    });
    const all = writer.append(Array.from({ length: layout.frameCount }, () => frame));
    for (let asked = 1; asked <= 10; asked++) {
      await once(database, 'asked');
      await new Promise((resolve) => setImmediate(resolve));
      expect([writer.framesWritten, segments.length]).toEqual([24 * asked, asked]);
      database.emit('recorded');
    }
    await all;
    await writer.flush();
    expect(segments.map(({ index, frames }) => [index, frames.length])).toEqual(
      Array.from({ length: 10 }, (_, index) => [index, 24]),
    );
    await mov.close();
  });
});
