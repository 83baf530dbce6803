import { mkdtemp, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MOV_SAMPLES_START, createMov, openMov } from '../../src/media/mov/mov-writer.ts';
import { SampleTable, scanFrames } from '../../src/media/mov/sample-table.ts';
import type { MovTables } from '../../src/media/mov/tables.ts';
import { ENCODER, append, frames, picture, source, stream } from '../support/prores-clip.ts';
import { ffmpeg, ffprobe, frameHashes, hasFfprobe } from '../support/tools.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uprez-mov-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function movie(name: string, tables: Partial<MovTables> = {}, color?: readonly string[]): Promise<string> {
  const path = join(folder, `${name}.mov`);
  const writer = await createMov(path);
  const table = await append(writer, await frames(await stream(color)));
  const video = { ...(tables.video ?? picture({})), frames: table };
  await writer.finish({ timecode: null, audio: [], ...tables, video });
  return path;
}

describe('the picture track', () => {
  test('holds the same frames at the same times as a file muxed by ffmpeg', async () => {
    const rate = { num: 30000, den: 1001 };
    const ours = await movie('same-frames', { video: picture({ frameRate: rate }) });
    const theirs = join(folder, 'theirs.mov');
    // a ProRes stream has no demuxer: ffmpeg gets the same frames from its encoder once more
    await ffmpeg(...source(), ...ENCODER, theirs);
    const hashOf = (line: string): string => line.split(',').slice(4).join();
    const packets = (await frameHashes(ours, '-c', 'copy')).map(hashOf);
    expect(packets).toEqual((await frameHashes(theirs, '-c', 'copy')).map(hashOf));
    const pictures = await frameHashes(ours);
    expect(pictures.map(hashOf)).toEqual((await frameHashes(theirs)).map(hashOf));
    const times = (await frameHashes(ours, '-c', 'copy')).map((line) => Number(line.split(',')[2]));
    expect(times).toEqual(Array.from({ length: 12 }, (_, i) => i * 1001));
  });

  test.skipIf(!hasFfprobe).each([
    { rate: [24, 1], color: [1, 1, 1], names: ['bt709', 'bt709', 'bt709'], sar: [1, 1] },
    { rate: [24000, 1001], color: [6, 6, 6], names: ['smpte170m', 'smpte170m', 'smpte170m'], sar: [32, 27] },
    { rate: [60000, 1001], color: [9, 16, 9], names: ['bt2020', 'smpte2084', 'bt2020nc'], sar: [4, 3] },
    { rate: [2997, 100], color: [9, 18, 9], names: ['bt2020', 'arib-std-b67', 'bt2020nc'], sar: [1, 1] },
  ] as const)('tells rate $rate, colour $color and sample aspect $sar', async ({ rate, color, names, sar }) => {
    const [primaries, transfer, matrix] = color;
    const frameRate = { num: rate[0], den: rate[1] };
    const sampleAspect = { num: sar[0], den: sar[1] };
    const video = picture({ frameRate, sampleAspect, color: { primaries, transfer, matrix } });
    const { streams, format } = await ffprobe(await movie(`tags-${rate[0]}`, { video }, names));
    expect(streams).toHaveLength(1);
    const seconds = (12 * rate[1]) / rate[0];
    expect(streams[0]).toMatchObject({
      codec_name: 'prores',
      codec_tag_string: 'apch',
      profile: 'HQ',
      pix_fmt: 'yuv422p10le',
      r_frame_rate: rate.join('/'),
      avg_frame_rate: rate.join('/'),
      nb_frames: '12',
      nb_read_packets: '12',
      start_pts: 0,
      duration: seconds.toFixed(6),
      sample_aspect_ratio: sar.join(':'),
      color_primaries: names[0],
      color_transfer: names[1],
      color_space: names[2],
      field_order: 'progressive',
    });
    expect(Number(format['duration'])).toBeCloseTo(seconds, 4);
  });

  test('is the same file when it is written a second time', async () => {
    const [first, second] = [await movie('once'), await movie('twice')];
    expect((await readFile(first)).equals(await readFile(second))).toBe(true);
  });

  test('is refused without frames and with spans outside the file', async () => {
    const empty = await createMov(join(folder, 'empty.mov'));
    await expect(empty.finish({ video: picture({}), timecode: null, audio: [] })).rejects.toThrow('at least one frame');
    await empty.close();
    const beyond = await createMov(join(folder, 'beyond.mov'));
    const table = await append(beyond, [new Uint8Array(100)]);
    table.add({ offset: 5000, sizeBytes: 10 });
    const tables = { video: picture({ frames: table }), timecode: null, audio: [] };
    await expect(beyond.finish(tables)).rejects.toThrow('outside');
    await beyond.close();
  });
});

describe('the timecode track', () => {
  test.skipIf(!hasFfprobe).each([
    { text: '01:00:00:00', rate: [25, 1], startFrame: 90_000, dropFrame: false },
    { text: '10:00:00;00', rate: [30000, 1001], startFrame: 1_078_920, dropFrame: true },
    { text: '00:01:00;04', rate: [60000, 1001], startFrame: 3600, dropFrame: true },
    { text: '00:00:01:23', rate: [24000, 1001], startFrame: 47, dropFrame: false },
  ] as const)('starts at $text', async ({ text, rate, startFrame, dropFrame }) => {
    const frameRate = { num: rate[0], den: rate[1] };
    const timecode = { startFrame, frameRate, dropFrame };
    const { streams } = await ffprobe(
      await movie(`timecode-${startFrame}`, { video: picture({ frameRate }), timecode }),
    );
    expect(streams.map((track) => track['codec_tag_string'])).toEqual(['apch', 'tmcd']);
    expect(streams.map((track) => track.tags?.['timecode'])).toEqual([text, text]);
    expect(streams[1]?.['duration_ts']).toBe(streams[0]?.['duration_ts']);
  });
});

describe('a file that was interrupted', () => {
  test('is the same file in the end wherever it was cut', async () => {
    const images = await frames(await stream());
    const whole = await readFile(await movie('uninterrupted'));
    for (const cut of [0, 1, 5, 11, 12]) {
      const path = join(folder, `cut-${cut}.mov`);
      const first = await createMov(path);
      const before = await append(first, images.slice(0, cut));
      const end = await first.sync();
      await append(
        first,
        images.slice(cut, cut + 2).map((image) => image.subarray(0, 50)),
      );
      await first.close();
      const second = await openMov(path, { end });
      const table = await scanFrames(path, { from: MOV_SAMPLES_START, end });
      expect([...table.offsets]).toEqual([...before.offsets]);
      for (const image of images.slice(cut)) table.add(await second.appendFrame(image));
      await second.finish({ video: picture({ frames: table }), timecode: null, audio: [] });
      expect((await readFile(path)).equals(whole), `cut after ${cut} frames`).toBe(true);
    }
  });

  test('goes on even when the movie atom was already there', async () => {
    const images = await frames(await stream());
    const path = await movie('finished');
    const whole = await readFile(path);
    const end = MOV_SAMPLES_START + images.slice(0, 7).reduce((sum, image) => sum + image.length, 0);
    const writer = await openMov(path, { end });
    const table = await scanFrames(path, { from: MOV_SAMPLES_START, end });
    for (const image of images.slice(7)) table.add(await writer.appendFrame(image));
    await writer.finish({ video: picture({ frames: table }), timecode: null, audio: [] });
    expect((await readFile(path)).equals(whole)).toBe(true);
  });

  test('is refused when it is shorter than recorded, or something else', async () => {
    const path = await movie('short');
    const { size } = await stat(path);
    await expect(openMov(path, { end: size + 1 })).rejects.toThrow('bytes');
    await expect(openMov(await stream(), { end: 1000 })).rejects.toThrow('not started by this program');
    expect((await stat(path)).size).toBe(size);
  });

  test('is never overwritten by a new one unasked', async () => {
    const path = await movie('kept');
    await expect(createMov(path)).rejects.toMatchObject({ code: 'EEXIST' });
  });
});

describe('a file of more than 4 GiB', () => {
  test('plays to its last frame and its size fits', async () => {
    const images = await frames(await stream());
    const path = join(folder, 'large.mov');
    const first = await createMov(path);
    const table = await append(first, images.slice(0, 6));
    await first.close();
    const gap = 5 * 1024 ** 3;
    await truncate(path, gap); // a hole: takes no space on the disk
    const writer = await openMov(path, { end: gap });
    for (const image of images.slice(6)) table.add(await writer.appendFrame(image));
    const audio = { channels: 1, sampleRate: 48_000, bitDepth: 16, layout: null, chunks: new SampleTable() } as const;
    audio.chunks.add(await writer.appendAudio(new Uint8Array(2000)));
    const timecode = { startFrame: 100, frameRate: { num: 25, den: 1 }, dropFrame: false };
    await writer.finish({ video: picture({ frames: table }), timecode, audio: [audio] });
    const hashes = async (file: string): Promise<string[]> => frameHashes(file, '-map', '0:v', '-c', 'copy');
    expect(await hashes(path)).toEqual(await hashes(await movie('small')));
    await rm(path);
  });
});

describe('writes', () => {
  test('are carried out in the order of the calls', async () => {
    const path = join(folder, 'order.mov');
    const writer = await createMov(path);
    const parts = Array.from({ length: 50 }, (_, i) => Buffer.alloc(1000 + i, i));
    const spans = await Promise.all(parts.map((part) => writer.appendFrame(part)));
    const end = await writer.sync();
    await writer.close();
    expect(end).toBe(writer.end);
    const written = await readFile(path);
    for (const [i, span] of spans.entries()) {
      expect(written.subarray(span.offset, span.offset + span.sizeBytes).equals(parts[i]!)).toBe(true);
    }
    expect(end).toBe(written.length);
  });
});
