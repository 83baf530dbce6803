import { stat } from 'node:fs/promises';
import { Media } from '@uprez/shared';
import { describe, expect, test } from 'vitest';
import { probe } from '../../src/media/probe.ts';
import { type ClipOptions, clip, readFrameNumbers } from '../support/clips.ts';
import { hasEncoder } from '../support/tools.ts';

const LIMITS = { maxFileBytes: 1e12 };

async function probeClip(options: ClipOptions): Promise<Media> {
  return Media.parse(await probe(await clip(options), LIMITS));
}

const prores = { codec: 'prores', extension: '.mov', pixelFormat: 'yuv422p10le' } as const;

describe('the probe tells', () => {
  test('everything about an ordinary clip', async () => {
    const path = await clip({ color: 'bt709', sounds: [{}] });
    const { size, mtimeMs } = await stat(path);
    expect(Media.parse(await probe(path, LIMITS))).toEqual({
      container: 'mov',
      codec: 'h264',
      width: 192,
      height: 108,
      rotation: 0,
      sampleAspect: { num: 1, den: 1 },
      frameRate: { num: 25, den: 1 },
      timing: 'constant',
      frameCount: 25,
      durationSeconds: 1,
      leadSeconds: 0,
      chroma: '420',
      bitDepth: 8,
      alpha: false,
      scan: 'progressive',
      color: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' },
      hdr: null,
      timecode: null,
      audio: [{ codec: 'aac', channels: 2, sampleRate: 48_000, bitDepth: null, layout: 'L R' }],
      sizeBytes: size,
      modifiedMs: Math.floor(mtimeMs),
    });
  });

  test.each([
    ['24/1', '.mp4'],
    ['24000/1001', '.mp4'],
    ['24000/1001', '.mkv'],
    ['30000/1001', '.mov'],
    ['30000/1001', '.mkv'],
    ['30000/1001', '.ts'],
    ['60000/1001', '.mp4'],
    ['50/1', '.avi'],
    ['120/1', '.mp4'],
    ['2997/100', '.mov'],
  ] as const)('the exact rate %s in %s', async (rate, extension) => {
    const [num, den] = rate.split('/').map(Number);
    const media = await probeClip({ rate, extension, frames: 60 });
    expect(media).toMatchObject({ frameRate: { num, den }, timing: 'constant', frameCount: 60 });
    expect(media.durationSeconds).toBeCloseTo((60 * den!) / num!, 6);
  });

  test.each([
    ['uneven', '.mkv'],
    ['uneven', '.mp4'],
    ['gap', '.mkv'],
    ['gap', '.mp4'],
  ] as const)('variable timing: %s in %s', async (timing, extension) => {
    const media = await probeClip({ timing, extension, extra: ['-bf', '0'] });
    expect(media).toMatchObject({ timing: 'variable', frameCount: 25 });
    if (timing === 'gap') expect(media.frameRate).toEqual({ num: 25, den: 1 });
  });

  test('that an edit list hides frames, and how many are left', async () => {
    const options = { numbered: true, cut: 0.44, frames: 50 } as const;
    const media = await probeClip(options);
    const shown = await readFrameNumbers(await clip(options));
    expect(shown[0]).toBe(11);
    expect(media).toMatchObject({ timing: 'variable', frameCount: shown.length });
  });
});

describe('the probe tells of the picture', () => {
  test.each([90, 180, 270] as const)('a rotation by %i degrees', async (rotation) => {
    expect(await probeClip({ rotation })).toMatchObject({ rotation, width: 192, height: 108 });
  });

  test.each([
    ['4/3', {}],
    ['32/27', prores],
    ['16/11', { extension: '.mkv' }],
    ['64/45', { codec: 'mpeg4', extension: '.avi' }],
  ] as const)('the sample aspect %s', async (sampleAspect, options) => {
    const [num, den] = sampleAspect.split('/').map(Number);
    expect((await probeClip({ ...options, sampleAspect })).sampleAspect).toEqual({ num, den });
  });

  test.each([
    [{ pixelFormat: 'yuv420p' }, '420', 8],
    [{ pixelFormat: 'yuv422p' }, '422', 8],
    [{ pixelFormat: 'yuv444p', width: 101, height: 57 }, '444', 8],
    [{ pixelFormat: 'gray' }, '400', 8],
    [{ pixelFormat: 'yuv420p10le' }, '420', 10],
    [prores, '422', 10],
    [{ codec: 'prores4444', extension: '.mov', pixelFormat: 'yuv444p10le' }, '444', 12],
    [{ codec: 'ffv1', extension: '.mkv', pixelFormat: 'yuv444p16le' }, '444', 16],
    [{ codec: 'ffv1', extension: '.mkv', pixelFormat: 'bgr0' }, 'rgb', 8],
    [{ codec: 'v210', extension: '.mov', pixelFormat: 'yuv422p10le' }, '422', 10],
    [{ codec: 'cfhd', extension: '.mov', pixelFormat: 'yuv422p10le' }, '422', 10],
    [{ codec: 'cfhd', extension: '.mov', pixelFormat: 'gbrp12le' }, 'rgb', 12],
    [{ codec: 'dnxhr', extension: '.mov', pixelFormat: 'yuv422p', width: 320, height: 180 }, '422', 8],
    [{ codec: 'vp8', extension: '.webm' }, '420', 8],
    [{ codec: 'vp9', extension: '.webm' }, '420', 8],
    [{ codec: 'mpeg1', extension: '.mpg' }, '420', 8],
    [{ codec: 'mpeg2', extension: '.mxf' }, '420', 8],
    [{ codec: 'raw', extension: '.avi' }, '420', 8],
    [{ codec: 'raw', extension: '.mov', pixelFormat: 'rgb24' }, 'rgb', 8],
    [{ codec: 'utvideo', extension: '.avi', pixelFormat: 'yuv422p' }, '422', 8],
    [{ codec: 'huffyuv', extension: '.avi', pixelFormat: 'yuv422p' }, '422', 8],
    [{ codec: 'png', extension: '.mov', pixelFormat: 'rgb24' }, 'rgb', 8],
  ] as const)('sampling and depth of %j', async (options, chroma, bitDepth) => {
    const { width = 192, height = 108 } = options as ClipOptions;
    expect(await probeClip(options)).toMatchObject({ chroma, bitDepth, alpha: false, width, height, frameCount: 25 });
  });

  test.skipIf(!hasEncoder('libx265'))('sampling and depth of HEVC', async () => {
    const media = await probeClip({ codec: 'hevc', pixelFormat: 'yuv422p10le', color: 'hlg' });
    expect(media).toMatchObject({ codec: 'hevc', chroma: '422', bitDepth: 10, color: { transfer: 'arib-std-b67' } });
  });

  test.skipIf(!hasEncoder('libsvtav1'))('sampling and depth of AV1', async () => {
    expect(await probeClip({ codec: 'av1' })).toMatchObject({ codec: 'av1', chroma: '420', bitDepth: 8 });
  });

  test.each([
    [{ codec: 'prores4444', extension: '.mov', pixelFormat: 'yuva444p10le' }],
    [{ codec: 'qtrle', extension: '.mov', pixelFormat: 'argb' }],
    [{ codec: 'png', extension: '.mov', pixelFormat: 'rgba' }],
    [{ codec: 'vp8', extension: '.webm', pixelFormat: 'yuva420p' }],
    [{ codec: 'vp9', extension: '.webm', pixelFormat: 'yuva420p' }],
    [{ codec: 'ffv1', extension: '.mkv', pixelFormat: 'yuva444p10le' }],
    [{ codec: 'cfhd', extension: '.mov', pixelFormat: 'gbrap12le' }],
    [{ codec: 'utvideo', extension: '.avi', pixelFormat: 'gbrap' }],
  ] as const)('alpha in %j', async (options) => {
    expect(await probeClip({ ...options, transparent: true })).toMatchObject({ alpha: true });
  });

  test.each([
    ['bt601', 'tv', ['smpte170m', 'smpte170m', 'smpte170m']],
    ['pal', 'tv', ['bt470bg', 'smpte170m', 'bt470bg']],
    ['bt709', 'pc', ['bt709', 'bt709', 'bt709']],
    ['pq', 'tv', ['bt2020', 'smpte2084', 'bt2020nc']],
    ['hlg', 'tv', ['bt2020', 'arib-std-b67', 'bt2020nc']],
  ] as const)('colour tags %s, range %s', async (color, range, [primaries, transfer, matrix]) => {
    const expected = { primaries, transfer, matrix };
    const full = range === 'pc' ? 'full' : 'limited';
    expect((await probeClip({ color, range })).color).toEqual({ ...expected, range: full });
    expect((await probeClip({ ...prores, color })).color).toEqual({ ...expected, range: 'limited' });
  });

  test('that colours are unknown where the file says nothing, but for what JPEG, RGB and Ut Video imply', async () => {
    const unknown = { primaries: 'unknown', transfer: 'unknown', matrix: 'unknown', range: 'unknown' };
    expect((await probeClip({})).color).toEqual(unknown);
    const jpeg = await probeClip({ codec: 'mjpeg', extension: '.mov', pixelFormat: 'yuvj420p' });
    expect(jpeg.color).toMatchObject({ matrix: 'bt470bg', range: 'full' });
    const rgb = await probeClip({ codec: 'qtrle', extension: '.mov', pixelFormat: 'rgb24' });
    expect(rgb.color).toMatchObject({ matrix: 'gbr', range: 'full' });
    const ut = await probeClip({ codec: 'utvideo', extension: '.avi', pixelFormat: 'yuv422p' });
    expect(ut.color).toMatchObject({ matrix: 'bt470bg', range: 'unknown' });
  });

  test.each([
    [{ interlaced: true }],
    [{ interlaced: true, extension: '.mkv' }],
    [{ ...prores, interlaced: true }],
    [{ codec: 'mpeg2', extension: '.mpg', interlaced: true }],
    [{ codec: 'dv', extension: '.avi', width: 720, height: 576, interlaced: true }],
  ] as const)('interlaced scan of %j', async (options) => {
    expect((await probeClip(options)).scan).toBe('interlaced');
  });
});

describe('the probe tells of what goes with the picture', () => {
  test.each([
    ['01:00:00:00', { ...prores }],
    ['00:59:58;00', { ...prores, rate: '30000/1001' }],
    ['10:00:00;00', { codec: 'mpeg2', extension: '.mxf', rate: '30000/1001' }],
    ['01:02:03:04', { extension: '.mkv' }],
    ['00:00:00:00', { ...prores, rate: '24/1' }],
  ] as const)('the timecode %s', async (timecode, options) => {
    const { timecode: found } = await probeClip({ ...options, timecode });
    expect(found).toEqual({ text: timecode, dropFrame: timecode.includes(';') });
  });

  test('every sound track', async () => {
    const sounds = [{}, { channels: 1, codec: 'pcm_s24le', sampleRate: 44_100 }] as const;
    expect((await probeClip({ ...prores, sounds })).audio).toEqual([
      { codec: 'pcm', channels: 2, sampleRate: 48_000, bitDepth: 16, layout: 'L R' },
      { codec: 'pcm', channels: 1, sampleRate: 44_100, bitDepth: 24, layout: 'C' },
    ]);
    expect((await probeClip({})).audio).toEqual([]);
  });

  test('all that of a fragmented file', async () => {
    const extra = ['-movflags', 'frag_keyframe+empty_moov+default_base_moof', '-g', '10'];
    expect(await probeClip({ extra })).toMatchObject({ frameCount: 25, timing: 'constant', durationSeconds: 1 });
  });

  test('many clips at once', async () => {
    const paths = await Promise.all([clip({}), clip(prores), clip({ extension: '.mkv' })]);
    const found = await Promise.all([...paths, ...paths].map((path) => probe(path, LIMITS)));
    expect(found.map(({ codec }) => codec)).toEqual(['h264', 'prores', 'h264', 'h264', 'prores', 'h264']);
  });
});
