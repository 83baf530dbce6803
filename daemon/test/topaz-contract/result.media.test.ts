import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clip } from '../support/clips.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { tempDir } from '../support/temp-dir.ts';
import { Caller, type OrderChange } from '../support/topaz/caller.ts';
import { startTopazEmulator, type TopazEmulator } from '../support/topaz/emulator.ts';
import { type Measured, measure } from '../support/topaz/enhance.ts';
import { ffprobe, hasFfprobe } from '../support/tools.ts';

const DAY = 86_400_000;

let clock: ManualClock;
let emulator: TopazEmulator;
let topaz: Caller;
beforeEach(async () => {
  clock = new ManualClock();
  emulator = await startTopazEmulator({ clock });
  topaz = new Caller(emulator);
});
afterEach(() => emulator[Symbol.asyncDispose]());

/** Downloads what a link leads to and looks at it. */
async function look<T>(url: string, at: (file: string) => Promise<T>): Promise<T> {
  using folder = tempDir();
  const file = folder.file('result');
  await writeFile(file, Buffer.from(await (await fetch(url)).arrayBuffer()));
  return await at(file);
}

describe('a result', () => {
  it.each<[string, OrderChange['output'], object]>([
    ['ProRes 422 HQ', {}, { codec_name: 'prores', profile: 'HQ', pix_fmt: 'yuv422p10le' }],
    ['ProRes 422 LT', { videoProfile: '422 LT' }, { codec_name: 'prores', profile: 'LT' }],
    [
      'H.265 Main10',
      { videoEncoder: 'H265', videoProfile: undefined, container: 'mp4' },
      { codec_name: 'hevc', pix_fmt: 'yuv420p10le' },
    ],
    [
      'H.264',
      { videoEncoder: 'H264', videoProfile: undefined, container: 'mkv' },
      { codec_name: 'h264', pix_fmt: 'yuv420p' },
    ],
  ])('is %s where that was ordered', async (_, output, stream) => {
    const { url } = await topaz.finish(await clip(), { output: output ?? {} });
    if (!hasFfprobe) return;
    const { streams } = await look(url, ffprobe);
    expect(streams[0]).toMatchObject({ ...stream, width: 384, height: 216, nb_read_packets: '25' });
  });

  it('has the sound of the source where that was ordered', async () => {
    const output = { audioTransfer: 'Convert', audioCodec: 'PCM' };
    const { url } = await topaz.finish(await clip({ sounds: [{}] }), { output });
    if (!hasFfprobe) return;
    const { streams } = await look(url, ffprobe);
    expect(streams.map(({ codec_name }) => codec_name)).toEqual(['prores', 'pcm_s16le']);
  });

  it('has more frames from an interpolation model', async () => {
    const filters = [{ model: 'prob-4' }, { model: 'apo-8', fps: 50 }];
    const { url } = await topaz.finish(await clip(), { filters, output: { frameRate: 50 } });
    expect(await look(url, measure)).toMatchObject({ frameCount: 50, frameRate: 50 });
  });

  it.each<[string, object, Partial<Measured>]>([
    ['fewer frames', { frames: -2 }, { frameCount: 23 }],
    ['more frames', { frames: 2 }, { frameCount: 27 }],
    ['another size', { resolution: { width: 320, height: 180 } }, { resolution: { width: 320, height: 180 } }],
    ['another rate', { frameRate: 50 }, { frameRate: 50 }],
  ])('may come with %s', async (_, result, found) => {
    emulator.fate = { result };
    const { url } = await topaz.finish(await clip());
    expect(await look(url, measure)).toMatchObject(found);
  });

  it('is sent whole, or from any byte on', async () => {
    const { url } = await topaz.finish(await clip());
    const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
    const rest = await fetch(url, { headers: { range: 'bytes=1000-' } });
    expect(rest.status).toBe(206);
    expect(rest.headers.get('content-range')).toBe(`bytes 1000-${whole.length - 1}/${whole.length}`);
    expect(Buffer.from(await rest.arrayBuffer()).equals(whole.subarray(1000))).toBe(true);
    expect((await fetch(url, { headers: { range: `bytes=${whole.length}-` } })).status).toBe(416);
  });

  it('has one link, that stays the same and ends after a week', async () => {
    const { id, url } = await topaz.finish(await clip());
    clock.advance(6 * DAY);
    expect(await topaz.status(id)).toMatchObject({ download: { url, expiresIn: 7 * DAY } });
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    clock.advance(DAY + 1000);
    expect((await fetch(url)).status).toBe(403);
  });

  it('is gone when its media are deleted; its record stays', async () => {
    const { id, url } = await topaz.finish(await clip());
    expect((await topaz.call('DELETE', `/video/${id}/media`)).status).toBe(204);
    expect((await fetch(url)).status).toBe(404);
    expect(await topaz.status(id)).not.toHaveProperty('download');
    expect(await topaz.record(id)).toMatchObject({ status: 'complete', destination: { frameCount: 25 } });
  });

  it('may be complete a moment before there is a link', async () => {
    emulator.fate = { downloadMissingPolls: 2 };
    const id = await topaz.upload(await clip());
    await topaz.completeUpload(id);
    expect((await topaz.until(id, 'complete')).last).not.toHaveProperty('download');
    expect(await topaz.status(id)).not.toHaveProperty('download');
    expect(await topaz.status(id)).toHaveProperty('download');
  });
});

describe('progress', () => {
  it('of generative models comes without chunks, sizes and speeds', async () => {
    const chunks = async (filters: object[]) => {
      const id = await topaz.upload(await clip(), { filters });
      await topaz.completeUpload(id);
      return (await topaz.until(id, 'processing')).last;
    };
    expect(await chunks([{ model: 'prob-4' }])).toMatchObject({ processingJobs: [{ status: 'processing' }] });
    expect(await chunks([{ model: 'slp-2.6' }])).not.toHaveProperty('processingJobs');
  });

  it('can go with the clock instead of the questions', async () => {
    await using timed = await startTopazEmulator({ clock, pace: { by: 'clock', tickMs: 60_000 } });
    const caller = new Caller(timed);
    const id = await caller.upload(await clip());
    await caller.completeUpload(id);
    const stateAfter = async (ms: number) => {
      clock.advance(ms);
      return caller.status(id);
    };
    expect(await stateAfter(59_999)).toMatchObject({ status: 'initializing' });
    expect(await stateAfter(1)).toMatchObject({ status: 'preprocessing' });
    expect(await stateAfter(180_000)).toMatchObject({ status: 'processing', progress: 50 });
    expect(await stateAfter(600_000)).toMatchObject({ status: 'complete' });
  });
});
