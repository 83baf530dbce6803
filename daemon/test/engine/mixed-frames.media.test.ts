import { plainWay } from '@uprez/shared';
import { expect, test } from 'vitest';
import { enginePlan } from '../../src/backends/local/plan.ts';
import { decodeFrames } from '../../src/engine/decoder.ts';
import { probe } from '../../src/media/probe.ts';
import { clip } from '../support/clips.ts';
import { taskOf } from '../support/tasks.ts';
import { ffmpegPath } from '../support/tools.ts';

const frameRate = { num: 24, den: 1 };

test.each(['sampling', 'blending', 'flow'] as const)(
  'a job that is resumed gets the same frames of another rate by %s',
  async (rateConversion) => {
    const source = await clip({ rate: '30000/1001', frames: 90, width: 96, height: 64, extra: ['-bf', '3'] });
    const media = await probe(source, { maxFileBytes: 1e9 });
    const context = { ffmpeg: ffmpegPath, model: { kind: 'interpolation' }, ways: [plainWay], threads: 1 } as const;
    const plan = enginePlan(taskOf({ source, frameRate, rateConversion }), media, context);
    const frames = async (first: number): Promise<Buffer[]> => {
      const found: Buffer[] = [];
      const span = { first, jobFirst: 30, count: 60 - first, startSeconds: 0 };
      const { signal } = new AbortController();
      const buffer = (): ArrayBuffer => new ArrayBuffer(96 * 64 * 1.5);
      for await (const { data } of decodeFrames({
        ffmpeg: ffmpegPath,
        source: plan.source,
        frames: span,
        buffer,
        signal,
      }))
        found.push(Buffer.from(data));
      return found;
    };
    const [whole, resumed] = [await frames(30), await frames(47)];
    expect(resumed.map((frame, i) => frame.equals(whole[17 + i]!))).toEqual(Array(13).fill(true));
    expect(new Set(whole.map((frame) => frame.toString('latin1'))).size).toBe(30);
  },
);
