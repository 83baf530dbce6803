import { copyFileSync, existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import type { DaemonClient, NewTask, Still, StillRequest } from '@uprez/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probe } from '../../src/media/probe.ts';
import { untilJob, untilView } from '../support/clients.ts';
import { clip, type ClipOptions, readFrameNumbers } from '../support/clips.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { codeOf } from '../support/errors.ts';
import { ask, logIn } from '../support/http.ts';
import { ScriptedBackend } from '../support/scripted-backend.ts';
import { output } from '../support/tasks.ts';
import { tempDir } from '../support/temp-dir.ts';
import { ffmpeg, ffmpegPath } from '../support/tools.ts';

const numbered = { numbered: true, frames: 40 } as const;
const folder = tempDir();
const backend = new ScriptedBackend();
let daemon: TestDaemon;
let client: DaemonClient;

beforeAll(async () => {
  daemon = await startTestDaemon({
    ...{ backends: [backend], dataDir: folder.path, ffmpeg: () => Promise.resolve(ffmpegPath) },
    probe: (path) => probe(path, { maxFileBytes: 1e9 }),
  });
  client = await daemon.connect();
});
afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** A job that is done; source and result are clips of these kinds. */
async function doneJob(source: ClipOptions, result: ClipOptions, task: Partial<NewTask> = {}): Promise<string> {
  const path = folder.file(`${Math.random()}.mov`);
  copyFileSync(await clip({ codec: 'prores', extension: '.mov', pixelFormat: 'yuv422p10le', ...result }), path);
  const copy = `${path}-source.mp4`;
  copyFileSync(await clip(source), copy);
  const [job] = await client.call('addJobs', { jobs: [{ task: { source: copy, ...task } }] });
  const { width, height, frames } = { width: 192, height: 108, frames: 25, ...result };
  (await backend.nextRun()).finish({ kind: 'finished', output: { ...output, path, width, height, frames } });
  await untilJob(client, job!.id, 'succeeded');
  return job!.id;
}

const still = (request: Omit<StillRequest, 'width'> & { width?: number }): Promise<Still> =>
  client.call('makeStill', request);

/** What a still shows: its size as decoded, and the number of its frame. */
async function seen({ image }: Still): Promise<{ number: number | undefined; size: string; means: number[] }> {
  const file = folder.file('still.jpg');
  writeFileSync(file, Buffer.from(image.split(',')[1] ?? '', 'base64'));
  const means = await ffmpeg('-i', file, '-vf', 'scale=1:1:flags=area,format=rgb24', '-f', 'rawvideo', '-');
  const pixels = await ffmpeg('-i', file, '-f', 'rawvideo', '-pix_fmt', 'gray', '-');
  const [number] = await readFrameNumbers(file);
  const { length } = pixels;
  return { number, size: `${length}`, means: [...means] };
}

describe('stills', () => {
  it('show the same moment of source and result, counted in frames of the result', async () => {
    const task = { range: { from: 12, to: 30 }, handles: 2 };
    const id = await doneJob(numbered, { ...numbered, width: 384, height: 216 }, task);
    const source = await still({ id, of: 'source', frame: 7 });
    const result = await still({ id, of: 'result', frame: 7 });
    // The result begins with its handles, ten frames into the source.
    expect([(await seen(source)).number, (await seen(result)).number]).toEqual([17, 7]);
    expect([source.width, source.height, result.width, result.height]).toEqual([192, 108, 384, 216]);
    expect([(await seen(source)).size, (await seen(result)).size]).toEqual([`${192 * 108}`, `${384 * 216}`]);
    const first = await still({ id, of: 'result', frame: 0 });
    expect((await seen(first)).number).toBe(0);
    expect((await seen(await still({ id, of: 'source', frame: 29 }))).number).toBe(39);
  });

  it('are as wide as asked for, never enlarged, upright and with square pixels', async () => {
    const id = await doneJob({ ...numbered, rotation: 90 }, { sampleAspect: '2/1' });
    expect(await still({ id, of: 'source', frame: 0 })).toMatchObject({ width: 108, height: 192 });
    expect(await still({ id, of: 'source', frame: 0, width: 54 })).toMatchObject({ width: 54, height: 96 });
    expect(await still({ id, of: 'source', frame: 0, width: 5000 })).toMatchObject({ width: 108 });
  });

  it('take the frame that is on show where a clip is uneven', async () => {
    // Frames 10 and later come five frames late: until then the ninth stays.
    const id = await doneJob({ ...numbered, timing: 'gap' }, numbered);
    const numbers: unknown[] = [];
    for (const frame of [9, 13, 15, 30]) numbers.push((await seen(await still({ id, of: 'source', frame }))).number);
    expect(numbers).toEqual([9, 9, 10, 25]);
  });

  it('have the colours of the clip, whatever matrix and range it uses', async () => {
    const bars = { picture: 'smptebars', frames: 2 } as const;
    const id = await doneJob({ ...bars, color: 'bt601' }, { ...bars, color: 'bt601' });
    const plain = await doneJob(
      { ...bars, color: 'bt601', range: 'pc', extension: '.mov' },
      { ...bars, color: 'bt601' },
    );
    const limited = (await seen(await still({ id, of: 'source', frame: 0 }))).means;
    const full = (await seen(await still({ id: plain, of: 'source', frame: 0 }))).means;
    const result = (await seen(await still({ id, of: 'result', frame: 0 }))).means;
    for (const other of [full, result])
      for (const [i, mean] of other.entries())
        expect(Math.abs(mean - (limited[i] ?? Number.NaN))).toBeLessThanOrEqual(2);
  });

  it('are decoded once, again when the file is another one, and leave with their job', async () => {
    const id = await doneJob(numbered, numbered);
    const kept = folder.file('stills', id);
    const source = client.view.jobs.find((job) => job.id === id)!.task.source;
    const both = await Promise.all([still({ id, of: 'source', frame: 3 }), still({ id, of: 'source', frame: 3 })]);
    expect(both[0]).toEqual(both[1]);
    expect(readdirSync(kept)).toHaveLength(1);
    utimesSync(source, 1, 1);
    await still({ id, of: 'source', frame: 3 });
    expect(readdirSync(kept)).toHaveLength(2);
    await client.call('removeJob', { id });
    await untilView(client, (view) => (view.jobs.some((job) => job.id === id) ? undefined : true));
    await expect.poll(() => existsSync(kept)).toBe(false);
  });

  it('say why there is none', async () => {
    const id = await doneJob(numbered, numbered);
    const source = client.view.jobs.find((job) => job.id === id)!.task.source;
    expect(await codeOf(still({ id, of: 'result', frame: 40 }))).toBe('job.no-still');
    expect(await codeOf(still({ id, of: 'source', frame: 400 }))).toBe('job.no-still');
    rmSync(source);
    expect(await codeOf(still({ id, of: 'source', frame: 0 }))).toBe('job.no-still');
    expect(await codeOf(still({ id: 'nobody', of: 'source', frame: 0 }))).toBe('job.not-found');
    expect(client.view.jobs.find((job) => job.id === id)).toMatchObject({ state: 'succeeded', error: null });
    expect(existsSync(folder.file('stills', id))).toBe(false);
  });

  it('are the same over REST', async () => {
    const id = await doneJob(numbered, numbered);
    const headers = await logIn(daemon.endpointFile);
    const body = { of: 'result', frame: 2, width: 96 };
    const reply = await ask(daemon.port, { method: 'POST', path: `/jobs/${id}/still`, headers, body });
    expect(reply.body).toEqual(await still({ id, of: 'result', frame: 2, width: 96 }));
  });
});
