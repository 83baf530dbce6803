import { describe, expect, test } from 'vitest';
import { warningsOf } from '../../src/media/warnings.ts';
import { mediaOf, taskOf } from '../support/tasks.ts';

const codes = (media: Parameters<typeof mediaOf>[0], task: Parameters<typeof taskOf>[0] = {}): string[] =>
  warningsOf(taskOf(task), mediaOf(media)).map(({ code }) => code);

const color = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' } as const;
const silent = { primaries: 'unknown', transfer: 'unknown', matrix: 'unknown', range: 'unknown' } as const;
const hd = { width: 1920, height: 1080, color };

describe('there is nothing to say', () => {
  test('of a clip in Rec. 709', () => expect(codes(hd)).toEqual([]));
  test('of HD without tags', () => expect(codes({ ...hd, color: silent })).toEqual([]));
});

describe('colours', () => {
  test.each([
    ['SD without tags', { width: 720, height: 576, color: silent }, ['color.assumed']],
    ['only a matrix', { ...hd, color: { ...silent, matrix: 'bt470bg' } }, ['color.incomplete']],
    ['sRGB', { ...hd, color: { ...color, transfer: 'iec61966-2-1' } }, ['color.transfer']],
    ['BT.470 System M', { ...hd, color: { ...color, primaries: 'bt470m' } }, ['color.primaries']],
    ['YCgCo', { ...hd, color: { ...color, matrix: 'ycgco' } }, ['color.matrix']],
    ['HLG', { ...hd, color: { ...color, transfer: 'arib-std-b67' } }, ['color.hdr']],
    ['HDR10+', { ...hd, hdr: { mastering: null, light: null, dynamic: 'HDR10+' } }, ['color.hdr-dynamic']],
  ])('%s', (_, media, expected) => expect(codes(media)).toEqual(expected));
});

describe('time', () => {
  test('drop-frame at a rate that has none', () => {
    expect(codes({ ...hd, timecode: { text: '01:00:00;02', dropFrame: true } })).toEqual(['time.drop-frame']);
  });

  test('optical flow of more than 8 bits, but only where frames are mixed', () => {
    const deep = { ...hd, bitDepth: 10 };
    expect(codes(deep, { rateConversion: 'flow', frameRate: { num: 30, den: 1 } })).toEqual(['rate.eight-bit']);
    expect(codes(deep, { rateConversion: 'flow' })).toEqual([]);
  });

  test('fields that are kept', () => {
    expect(codes({ ...hd, scan: 'interlaced' }, { fields: 'keep' })).toEqual(['scan.kept']);
  });
});

test('sound that can’t be decoded, unless it is left out anyway', () => {
  const track = { channels: 2, sampleRate: 48_000, bitDepth: null, layout: null };
  const audio = ['aac', 'dts'].map((codec) => ({ ...track, codec }));
  expect(warningsOf(taskOf(), mediaOf({ ...hd, audio }))[0]?.data).toEqual({ tracks: 'track 2', codecs: 'dts' });
  expect(codes({ ...hd, audio }, { audio: 'none' })).toEqual([]);
});
