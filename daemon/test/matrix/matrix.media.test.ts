import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runEngineHere } from '../support/engine-run.ts';
import { tempDir } from '../support/temp-dir.ts';
import { ffmpeg, ffprobe, hasFfprobe, runTool } from '../support/tools.ts';
import { type Combination, combinations, missingPairs } from './combinations.ts';
import { expectedClick, expectedNumbers, expectedTags, expectedTimecode, rangeOf } from './expected.ts';
import { expectedLevels, readBar, readNumber, type Result, SIZE } from './picture.ts';
import { makeClip, rateOf } from './source.ts';

/** All of them by `npm run test:matrix`; of these every sixth in each run of all tests. */
const rows = combinations(132);
const everyRow = process.env['UPREZ_TEST_MATRIX'] === 'all';
const chosen = rows.filter((_, i) => everyRow || i % 6 === 0);

const results = tempDir();
afterAll(() => results[Symbol.dispose]());

test('every two properties meet in some combination', () => {
  expect(missingPairs(rows)).toEqual([]);
});

test.each(chosen.map((row) => [nameOf(row), row] as const))('%s', async (name, row) => {
  const folder = join(results.path, name.replaceAll(/[^\w]+/g, '-'));
  await mkdir(folder);
  const { path } = await runEngineHere({ source: await makeClip(row), ...rangeOf(row) }, folder);
  const frames = await readFrames(path, row);
  expect(frames.map(readNumber)).toEqual(expectedNumbers(row));
  for (let bar = 0; bar < 8; bar++) expectLevels(frames[3]!, { bar, row });
  for (let track = 0; track < row.sounds; track++) {
    const seconds = await clickIn(path, track);
    expect.soft(Math.abs(seconds - expectedClick(row)), `click of track ${track + 1}`).toBeLessThan(0.005);
  }
  if (hasFfprobe) await expectTags(path, row);
});

function nameOf({ rate, depth, chroma, matrix, range, ...row }: Combination): string {
  const picture = `${matrix} ${range} ${depth} bit ${chroma} at ${rate}`;
  return `${picture}, ${row.sounds} sounds, ${row.rotation}°, ${row.sampleAspect}, ${row.start}, ${row.timecode} timecode, ${row.part}`;
}

async function readFrames(path: string, { rotation }: Combination): Promise<Result[]> {
  const turned = rotation === 90 || rotation === 270;
  const [width, height] = turned ? [SIZE.height * 2, SIZE.width * 2] : [SIZE.width * 2, SIZE.height * 2];
  const raw = await ffmpeg('-i', path, '-map', '0:v', '-fps_mode', 'passthrough', '-f', 'rawvideo', '-');
  const all = new Uint16Array(new Uint8Array(raw).buffer);
  const samples = width * height * 2;
  return Array.from({ length: all.length / samples }, (_, i) => {
    return { codes: all.subarray(i * samples, (i + 1) * samples), width, height, rotation };
  });
}

function expectLevels(frame: Result, { bar, row }: { bar: number; row: Combination }): void {
  const [found, wanted] = [readBar(frame, bar), expectedLevels(bar, row)];
  for (const part of ['y', 'u', 'v'] as const)
    expect.soft(Math.abs(found[part] - wanted[part]), `${part} of bar ${bar}`).toBeLessThanOrEqual(1);
}

/** Seconds from the file's beginning to where a track first gets loud. */
async function clickIn(path: string, track: number): Promise<number> {
  const bytes = await ffmpeg('-i', path, '-map', `0:a:${track}`, '-f', 's16le', '-');
  const samples = new Int16Array(new Uint8Array(bytes).buffer);
  return samples.findIndex((sample) => Math.abs(sample) > 7000) / (track === 0 ? 48_000 : 44_100);
}

async function expectTags(path: string, row: Combination): Promise<void> {
  const { streams } = await ffprobe(path);
  const frame = (await probed('-select_streams', 'v', '-show_frames', '-read_intervals', '%+#1', path)).frames[0];
  const [color_primaries, color_transfer, color_space] = expectedTags[row.matrix];
  const tags = { color_primaries, color_transfer, color_space, color_range: 'tv' };
  const turned = row.rotation === 90 || row.rotation === 270;
  const aspect = { '1/1': '1:1', '16/15': turned ? '15:16' : '16:15' }[row.sampleAspect];
  const { num, den } = rateOf(row);
  expect.soft(streams[0]).toMatchObject({ ...tags, sample_aspect_ratio: aspect, r_frame_rate: `${num}/${den}` });
  expect.soft(frame).toMatchObject(tags);
  expect.soft(streams.filter(({ codec_type }) => codec_type === 'audio')).toHaveLength(row.sounds);
  const data = streams.filter(({ codec_type }) => codec_type === 'data');
  const timecode = expectedTimecode(row);
  expect.soft(data.map((stream) => stream.tags?.['timecode'])).toEqual(timecode === undefined ? [] : [timecode]);
}

async function probed(...args: string[]): Promise<{ frames: Record<string, unknown>[] }> {
  const text = await runTool('ffprobe', ['-v', 'error', '-of', 'json', ...args]);
  return JSON.parse(text.toString()) as { frames: Record<string, unknown>[] };
}
