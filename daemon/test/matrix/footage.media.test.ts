import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clip } from '../support/clips.ts';
import { runEngineHere } from '../support/engine-run.ts';
import { meanAround, readPicture } from '../support/pictures.ts';
import { tempDir } from '../support/temp-dir.ts';
import { ffmpeg, ffprobe, hasFfprobe } from '../support/tools.ts';

test.skipIf(!hasFfprobe)('an HDR clip keeps its mastering display and its brightness', async () => {
  using folder = tempDir();
  // As x265 counts: steps of 0.00002, and of 0.0001 cd/m².
  const display = 'G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)';
  const extra = ['-x265-params', `log-level=error:hdr10=1:max-cll=1000,400:master-display=${display}`];
  const source = await clip({ codec: 'hevc', color: 'pq', pixelFormat: 'yuv420p10le', frames: 3, extra });
  const { path, checks, warnings } = await runEngineHere({ source, scale: 1 }, folder.path);
  expect(checks).toContainEqual(expect.objectContaining({ what: 'content light', found: '1000 and 400 cd/m²' }));
  expect(warnings).toMatchObject([{ code: 'color.hdr', data: { found: 'PQ' } }]);
  const [video] = (await ffprobe(path)).streams;
  expect(video?.['side_data_list']).toMatchObject([
    { red_x: '34000/50000', white_point_y: '16450/50000', min_luminance: '50/10000', max_luminance: '10000000/10000' },
    { max_content: 1000, max_average: 400 },
  ]);
});

/** Real files with properties that generated ones lack, where there are any: the folder is named by UPREZ_TEST_MEDIA. */
const folderOfFootage = process.env['UPREZ_TEST_MEDIA'] ?? '';
const footage = (name: string): string => join(folderOfFootage, name);

describe.skipIf(!existsSync(footage('cursed-vfr.mp4')))('footage', () => {
  test('a phone’s upright picture comes out upright', async () => {
    using folder = tempDir();
    const source = footage('rotate-buck-bunny.mp4');
    const { path } = await runEngineHere({ source, scale: 1, range: { from: 40, to: 43 } }, folder.path);
    // ffmpeg turns the source by its own reading of the track header.
    const graph =
      '[0:v]trim=start_frame=40:end_frame=43,settb=1/24,setpts=N[a];[1:v]settb=1/24,setpts=N[b];[a][b]psnr=stats_file=-';
    const text = await ffmpeg('-i', source, '-i', path, '-filter_complex', graph, '-f', 'null', '-');
    const decibels = [...text.toString().matchAll(/psnr_y:([\d.]+|inf)/g)].map(([, value]) => Number(value));
    expect(decibels).toHaveLength(3);
    for (const value of decibels) expect(value).toBeGreaterThan(50);
  });

  test('a clip with uneven times is made even, and says what that took', async () => {
    using folder = tempDir();
    const source = footage('cursed-vfr.mp4');
    const { checks, warnings } = await runEngineHere({ source, scale: 1, range: { from: 72, to: 96 } }, folder.path);
    expect(checks).toContainEqual(expect.objectContaining({ what: 'frame rate', found: '23.976' }));
    expect(warnings).toMatchObject([{ code: 'time.conformed', data: { to: '23.976' } }]);
  });

  test('full-range HEVC becomes legal range at the same levels', async () => {
    using folder = tempDir();
    const source = footage('video-h265.mp4');
    const size = { width: 1920, height: 1080 };
    const { path } = await runEngineHere({ source, scale: 1, range: { from: 60, to: 62 } }, folder.path);
    const before = await readPicture(source, { ...size, chroma: '420', depth: 8 }, 60);
    const after = await readPicture(path, { ...size, chroma: '422', depth: 10 });
    for (const x of [0.2, 0.4, 0.6, 0.8])
      for (const y of [0.25, 0.5, 0.75]) {
        const at = { x, y, radius: 0.02 };
        expect(Math.abs(meanAround(after.y, at) - (64 + (meanAround(before.y, at) * 876) / 255))).toBeLessThan(1);
      }
  });
});
