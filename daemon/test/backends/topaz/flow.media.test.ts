import { readdirSync } from 'node:fs';
import type { NewTask } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { probe } from '../../../src/media/probe.ts';
import { readFrameNumbers } from '../../support/clips.ts';
import { openCloudHouse, outputOf } from '../../support/cloud.ts';

const limits = { maxFileBytes: 1e12 };

describe('a clip that goes through the cloud', () => {
  it('comes back as a file like one made here: size, rate, frames, timecode, tags, sound', async () => {
    await using house = await openCloudHouse();
    const source = await house.clip('sea.mov', {
      extension: '.mov',
      numbered: true,
      timecode: '01:00:00:00',
      color: 'bt709',
      sounds: [{}],
    });
    const job = await house.upscale(source);
    const output = outputOf(job);
    const media = await probe(output.path, limits);
    expect(media).toMatchObject({
      codec: 'prores',
      width: 384,
      height: 216,
      frameCount: 25,
      bitDepth: 10,
      chroma: '422',
    });
    expect(media.timecode?.text).toBe('01:00:00:00');
    expect(media.color).toMatchObject({ primaries: 'bt709', transfer: 'bt709', matrix: 'bt709' });
    expect(media.audio).toHaveLength(1);
    expect(await readFrameNumbers(output.path)).toEqual(Array.from({ length: 25 }, (_, i) => i));
    expect(output.checks.every(({ ok }) => ok)).toBe(true);
    expect(output.path).toMatch(/sea_uprez_2x_prob-4_topaz\.mov$/);
  });

  it('sends the clip in parts that are the clip, byte for byte, and pays once what was quoted', async () => {
    await using house = await openCloudHouse();
    const source = await house.clip('sea.mp4', { frames: 50 });
    const job = await house.upscale(source);
    outputOf(job);
    const { emulator } = house;
    expect(emulator.journal.of('upload').length).toBeGreaterThan(1);
    const [request] = emulator.requests;
    expect(emulator.account.charged).toBe(request?.quote.cost[0]);
    expect(emulator.account.reserved).toBe(0);
    expect(job.chargedCredits).toBe(emulator.account.charged);
  });

  it('leaves nothing behind, here or there', async () => {
    await using house = await openCloudHouse();
    const source = await house.clip('sea.mp4');
    outputOf(await house.upscale(source));
    expect(readdirSync(house.folder.file('work'))).toEqual([]);
    expect(readdirSync(house.folder.path).filter((name) => name.includes('partial'))).toEqual([]);
    expect(house.emulator.requests[0]?.mediaDeleted).toBe(true);
  });

  it.each<[string, Partial<NewTask>, [number, number]]>([
    ['a range, with handles', { range: { from: 10, to: 20 }, handles: 3 }, [7, 23]],
    ['four times, by way of H.265', { scale: 4 }, [0, 30]],
  ])('does %s', async (_what, task, [first, end]) => {
    await using house = await openCloudHouse({ settings: { spendPerJob: 99, spendPerDay: 99, cloudResult: 'h265' } });
    const source = await house.clip('sea.mp4', { numbered: true, frames: 30 });
    const output = outputOf(await house.upscale(source, task));
    const numbers = await readFrameNumbers(output.path);
    expect(numbers).toEqual(Array.from({ length: end - first }, (_, i) => first + i));
    expect(await probe(output.path, limits)).toMatchObject({ width: 192 * (task.scale ?? 2), codec: 'prores' });
  });
});
