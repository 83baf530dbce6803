import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readReport } from '../../src/media/probe-thread.ts';
import { parseReport } from '../../src/media/probe-track.ts';
import { probe } from '../../src/media/probe.ts';
import { dolbyVision, patched, playlists, soundOnly, stillPicture, textFile, truncated } from '../support/bad-files.ts';
import { clip } from '../support/clips.ts';
import { hasEncoder } from '../support/tools.ts';

const LIMITS = { maxFileBytes: 1e12 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uprez-probe-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function refuses(path: string, code: string, message = ''): Promise<void> {
  return expect(probe(path, LIMITS)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
}

const prores = { codec: 'prores', extension: '.mov', pixelFormat: 'yuv422p10le' } as const;

describe('the probe refuses', () => {
  test('what is missing, a folder, empty or too long a file', async () => {
    await mkdir(join(folder, 'clip.mp4'));
    await refuses(join(folder, 'nothing.mp4'), 'input.missing', 'nothing.mp4');
    await refuses(join(folder, 'clip.mp4'), 'input.not-a-file');
    await refuses(await textFile(''), 'input.empty');
    const path = await clip({});
    await expect(probe(path, { maxFileBytes: 1000 })).rejects.toMatchObject({ code: 'input.too-large' });
  });

  test.each([
    ['hls', 'HLS playlist'],
    ['ffconcat', 'list of other files'],
    ['concat', 'list of other files'],
    ['dash', 'DASH playlist'],
    ['sdp', 'SDP'],
  ])('a playlist under the name of a clip: %s', async (kind, name) => {
    await refuses(await textFile(playlists[kind]!(await clip({}))), 'input.not-video', name);
  });

  test.each([
    ['a text', 'Dear diary,\nnothing happened.\n', 'a text file'],
    ['a web page', '<!doctype html><html></html>', 'web page'],
    ['an address', 'https://example.com/clip.mp4', 'a text file'],
    ['a few bytes', 'x', 'a text file'],
    ['an archive', 'PK\u0003\u0004\u0014\u0000', 'archive'],
    ['noise', '\u0001\u0002\u0000\u0003', 'not that of a known video format'],
  ])('%s under the name of a clip', async (_what, text, name) => {
    await refuses(await textFile(text), 'input.not-video', name);
  });

  test.each(['.png', '.jpg', '.bmp', '.tiff'])('a still picture: %s', async (extension) => {
    await refuses(await stillPicture(extension), 'input.not-video', 'a still picture');
  });

  test('an animated picture', async () => {
    await refuses(await clip({ codec: 'gif', extension: '.gif', pixelFormat: 'pal8' }), 'input.not-video', 'GIF');
  });

  test.each(['.mp4', '.mkv', '.wav', '.mp3', '.flac'])('sound alone: %s', async (extension) => {
    await refuses(await soundOnly(extension), 'input.no-video');
  });

  test('a clip without frames', async () => {
    const path = await clip({});
    const none = await patched(path, { recipe: 'no frames', extension: '.mp4' }, (bytes) => {
      bytes.writeUInt32BE(0, bytes.indexOf('stsz') + 12);
      return bytes;
    });
    await refuses(none, 'input.no-frames');
  });

  test.each([
    ['.mp4', {}, 'bytes'],
    ['.mp4', { extra: ['-movflags', '+faststart'] }, 'bytes'],
    ['.mov', prores, 'bytes'],
    ['.avi', { codec: 'mpeg4' }, 'bytes'],
    ['.mkv', {}, 'bytes'],
  ] as const)('a truncated %s %j', async (extension, options, why) => {
    const path = await clip({ ...options, extension });
    await refuses(await truncated(path, 0.5, extension), 'input.truncated', why);
    await refuses(await truncated(path, 0.99, extension), 'input.truncated', why);
  });

  test('a recording that was never finished', async () => {
    const path = await patched(await clip({}), { recipe: 'unfinished', extension: '.mp4' }, (bytes) =>
      bytes.subarray(0, bytes.indexOf('moov') - 4),
    );
    await refuses(path, 'input.truncated', 'index (moov) is missing');
  });

  test('an encrypted clip', async () => {
    const key = [
      '-encryption_key',
      '76a6c65c5ea762046bd749a2e632ccbb',
      '-encryption_kid',
      'a7e61c373e219033c21091fa607bf3b8',
    ];
    await refuses(await clip({ extra: ['-encryption_scheme', 'cenc-aes-ctr', ...key] }), 'input.encrypted');
  });

  test('a codec that is not decoded here', async () => {
    await refuses(await clip({ codec: 'snow', extension: '.avi' }), 'input.unsupported-codec', 'Snow');
  });

  test('a picture larger than the decoders may take, whatever the file’s size', async () => {
    const wide = await clip({
      codec: 'png',
      extension: '.mov',
      pixelFormat: 'rgb24',
      width: 8200,
      height: 16,
      frames: 1,
    });
    await refuses(wide, 'input.too-large', '8200 x 16');
  });

  test('more than a day', async () => {
    const path = await clip({ codec: 'mpeg4', rate: '1/1', frames: 3, extension: '.mov' });
    const long = await patched(path, { recipe: 'long', extension: '.mov' }, (bytes) => {
      for (const [type, at] of [
        ['mvhd', 16],
        ['tkhd', 20],
        ['mdhd', 16],
        ['elst', 8],
      ] as const) {
        const field = bytes.indexOf(type) + 4 + at;
        if (type !== 'mdhd') bytes.writeUInt32BE(90_000_000, field);
      }
      const media = bytes.indexOf('mdhd') + 4;
      const timescale = bytes.readUInt32BE(media + 12);
      bytes.writeUInt32BE(timescale * 90_000, media + 16);
      bytes.writeUInt32BE(timescale * 30_000, bytes.indexOf('stts') + 16);
      return bytes;
    });
    await refuses(long, 'input.too-large', '25 hours');
  });

  test.skipIf(!hasEncoder('libx265'))('Dolby Vision without a base layer, but not with one', async () => {
    const path = await clip({ codec: 'hevc', pixelFormat: 'yuv420p10le' });
    await refuses(await dolbyVision(path, 5), 'input.hdr');
    expect(await probe(await dolbyVision(path, 8), LIMITS)).toMatchObject({ codec: 'hevc' });
  });
});

test('damaged files are refused or read, and the next one is read as ever', async () => {
  const good = await clip({ color: 'bt709', sounds: [{}] });
  const bytes = await readFile(good);
  const path = join(folder, 'damaged.mp4');
  for (let seed = 1; seed <= 40; seed++) {
    await writeFile(path, damaged(bytes, seed));
    const outcome = await probe(path, LIMITS).then(
      () => 'read',
      (error: { code?: string }) => String(error.code),
    );
    expect(outcome, `seed ${seed}`).toMatch(/^(read|input\.)/);
  }
  expect(await probe(good, LIMITS)).toMatchObject({ codec: 'h264', frameCount: 25 });
});

test('a file that holds the reading thread too long ends it, and the next one is read as ever', async () => {
  const path = await clip({});
  const file = await open(path);
  const { size: sizeBytes } = await file.stat();
  // On a busy machine the answer may be there before the timer is looked at; then it is asked again.
  const outcomes: unknown[] = [];
  while (outcomes.length < 20 && !outcomes.some((outcome) => outcome instanceof Error))
    outcomes.push(await readReport({ fd: file.fd, sizeBytes, timeLimitMs: 0 }).catch((error: unknown) => error));
  expect(outcomes.at(-1)).toEqual(new Error('it took too long'));
  expect(parseReport(await readReport({ fd: file.fd, sizeBytes })).video).toMatchObject({ Format: 'AVC' });
  await file.close();
});

/** Some bytes of the movie atom changed. */
function damaged(bytes: Buffer, seed: number): Buffer {
  const out = Buffer.from(bytes);
  const start = out.indexOf('moov');
  let state = seed * 7919;
  for (let i = 0; i < 8; i++) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    out[start + (state % (out.length - start))] = (state >> 8) & 0xff;
  }
  return out;
}
