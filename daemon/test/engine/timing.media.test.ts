import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clip, type ClipOptions, readFrameNumbers } from '../support/clips.ts';
import { type LocalDaemon, startLocalDaemon } from '../support/local.ts';
import { readPicture } from '../support/pictures.ts';
import { ffprobe, hasFfprobe } from '../support/tools.ts';

let local: LocalDaemon;
beforeAll(async () => {
  local = await startLocalDaemon();
});
afterAll(() => local[Symbol.asyncDispose]());

/** Pictures that carry their own number; B-frames, so that decoding order is not display order. */
const numbered: ClipOptions = { numbered: true, frames: 60, extra: ['-g', '25', '-bf', '3'] };

const upTo = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('every frame comes out once, in order', () => {
  const sources: [string, ClipOptions][] = [
    ['H.264 in MP4', {}],
    ['H.264 in Matroska', { extension: '.mkv' }],
    ['H.264 in a transport stream, which starts late', { extension: '.ts' }],
    ['HEVC', { codec: 'hevc' }],
    ['ProRes', { codec: 'prores', extension: '.mov', pixelFormat: 'yuv422p10le' }],
    ['MPEG-2', { codec: 'mpeg2', extension: '.mpg' }],
    ['23.976 fps', { rate: '24000/1001' }],
    ['29.97 fps', { rate: '30000/1001' }],
    ['59.94 fps', { rate: '60000/1001' }],
    ['15 fps', { rate: '15' }],
    ['12.5 fps, a rate nobody has', { rate: '25/2' }],
  ];
  test.each(sources)('%s', async (_, options) => {
    const output = await local.upscale(
      await clip({ ...numbered, ...options, extra: options.codec ? [] : (numbered.extra ?? []) }),
    );
    expect(await readFrameNumbers(output.path)).toEqual(upTo(0, 60));
  });
});

describe('a range is cut to the frame', () => {
  test.each([
    { from: 0, to: 1 },
    { from: 7, to: 19 },
    { from: 25, to: 50 },
    { from: 59, to: null },
  ])('frames $from to $to', async (range) => {
    const output = await local.upscale(await clip(numbered), { range });
    expect(await readFrameNumbers(output.path)).toEqual(upTo(range.from, range.to ?? 60));
  });

  test('handles widen it as far as there are frames', async () => {
    const output = await local.upscale(await clip(numbered), { range: { from: 5, to: 20 }, handles: 8 });
    expect(await readFrameNumbers(output.path)).toEqual(upTo(0, 28));
  });

  test('in a transport stream, whose clock does not start at zero', async () => {
    const output = await local.upscale(await clip({ ...numbered, extension: '.ts' }), { range: { from: 30, to: 40 } });
    expect(await readFrameNumbers(output.path)).toEqual(upTo(30, 40));
  });

  test('where sound starts before the picture', async () => {
    const late = await clip({
      ...numbered,
      sounds: [{}],
      extra: ['-g', '25', '-bf', '3', '-movflags', 'negative_cts_offsets'],
    });
    const output = await local.upscale(late, { range: { from: 30, to: 40 } });
    expect(await readFrameNumbers(output.path)).toEqual(upTo(30, 40));
  });
});

test('interlaced video is deinterlaced, a picture for a picture', async () => {
  const source = await clip({ ...numbered, codec: 'mpeg2', extension: '.mov', interlaced: true, extra: [] });
  const output = await local.upscale(source);
  expect(await readFrameNumbers(output.path)).toEqual(upTo(0, 60));
});

test('an edit list hides the frames that it cuts off', async () => {
  const output = await local.upscale(await clip({ ...numbered, cut: 0.4 }));
  expect(await readFrameNumbers(output.path)).toEqual(upTo(10, 60));
});

describe('uneven timing is conformed', () => {
  test('at the nearest standard rate, each place shows the latest frame due by then', async () => {
    const output = await local.upscale(await clip({ ...numbered, timing: 'uneven' }));
    // Frame n is due at n + 0.4 * (n mod 3) places, rounded.
    const due = upTo(0, 60).map((n) => Math.round(n + 0.4 * (n % 3)));
    const expected = upTo(0, 60).map((place) => due.findLastIndex((at) => at <= place));
    expect(await readFrameNumbers(output.path)).toEqual(expected);
    expect(output.checks).toContainEqual(expect.objectContaining({ what: 'frame rate', found: '25' }));
  });

  test('a clip that shows a picture only now and then', async () => {
    const source = await clip({ ...numbered, rate: '3', frames: 12, timing: 'gap' });
    const output = await local.upscale(source, { frameRate: { num: 24, den: 1 } });
    expect(new Set(await readFrameNumbers(output.path))).toEqual(new Set(upTo(0, 12)));
  });

  test('a pause is filled with the frame before it', async () => {
    const output = await local.upscale(await clip({ ...numbered, timing: 'gap' }));
    expect(await readFrameNumbers(output.path)).toEqual([...upTo(0, 9), ...Array<number>(6).fill(9), ...upTo(10, 60)]);
  });

  test('another rate is made by dropping and repeating', async () => {
    const output = await local.upscale(await clip(numbered), { frameRate: { num: 50, den: 1 } });
    expect(await readFrameNumbers(output.path)).toEqual(upTo(0, 60).flatMap((n) => [n, n]));
  });
});

describe('frames of another rate', () => {
  const to = { frameRate: { num: 24, den: 1 } };

  test('are mixed of their neighbours, as many as sampling gives', async () => {
    const source = await clip({ ...gliding, rate: '30' });
    const output = await local.upscale(source, { ...to, rateConversion: 'blending' });
    expect(output.frames).toBe(48);
    const [sharp, mixed] = [await levelsOf(output.path, 4), await levelsOf(output.path, 2)];
    // Frame 4 is the source's fifth; frame 2 lies half-way between its second and third.
    expect(sharp.grey).toBe(0);
    expect(mixed.grey).toBeGreaterThan(0);
  });

  test('follow what moves: a bar stands where it is at that time', async () => {
    const source = await clip({ ...gliding, rate: '30' });
    const output = await local.upscale(source, { ...to, rateConversion: 'flow' });
    expect(output.frames).toBe(48);
    for (const frame of [10, 11, 12, 13]) {
      const { left } = await levelsOf(output.path, frame);
      // 4 pixels a frame at 30 fps, doubled: 10 a frame at 24 fps.
      expect(Math.abs(left - 10 * frame), `frame ${frame}`).toBeLessThanOrEqual(2);
    }
  });

  test.each(['blending', 'flow'] as const)('are the same in a range as in the whole clip: %s', async (method) => {
    const source = await clip({ ...gliding, rate: '30' });
    const task = { ...to, rateConversion: method, range: { from: 30, to: 40 } };
    const [part, whole] = [
      await local.upscale(source, task),
      await local.upscale(source, { ...task, range: undefined }),
    ];
    expect((await levelsOf(part.path, 4)).left).toBe((await levelsOf(whole.path, 34)).left);
  });

  test('by optical flow are refused for HDR, which 8 bits would ruin', async () => {
    const hdr = await clip({ ...gliding, rate: '30', codec: 'hevc', color: 'pq', pixelFormat: 'yuv420p10le' });
    await expect(local.upscale(hdr, { ...to, rateConversion: 'flow' })).rejects.toThrow('it is HDR');
  });
});

describe.skipIf(!hasFfprobe)('start timecode is continued', () => {
  test('with the range', async () => {
    const source = await clip({ ...numbered, extension: '.mov', timecode: '10:00:00:00' });
    const output = await local.upscale(source, { range: { from: 30, to: 40 } });
    expect(await timecodeOf(output.path)).toBe('10:00:01:05');
  });

  test('drop-frame stays drop-frame', async () => {
    const source = await clip({ ...numbered, extension: '.mov', rate: '30000/1001', timecode: '01:00:59;20' });
    const output = await local.upscale(source, { range: { from: 5, to: 40 } });
    expect(await timecodeOf(output.path)).toBe('01:00:59;25');
  });
});

/** A white bar on black that moves by four pixels a frame. */
const gliding: ClipOptions = { picture: 'gliding', frames: 60, width: 320, height: 64 };

/** Left edge of the white bar in a frame of a result, and how many samples of its middle row are neither black nor white. */
async function levelsOf(path: string, frame: number): Promise<{ left: number; grey: number }> {
  const { y } = await readPicture(path, { width: 640, height: 128, chroma: '422', depth: 10 }, frame);
  const row = [...y.codes.subarray(64 * y.width, 65 * y.width)];
  return { left: row.findIndex((code) => code > 502), grey: row.filter((code) => code > 300 && code < 700).length };
}

async function timecodeOf(path: string): Promise<string | undefined> {
  const { streams } = await ffprobe(path);
  return streams.find((stream) => stream['codec_type'] === 'data')?.tags?.['timecode'];
}
