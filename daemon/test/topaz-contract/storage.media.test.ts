import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clip } from '../support/clips.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Caller, put } from '../support/topaz/caller.ts';
import { startTopazEmulator, type TopazEmulator } from '../support/topaz/emulator.ts';

const HOUR = 3_600_000;
const PART = 4000;

let clock: ManualClock;
let emulator: TopazEmulator;
let topaz: Caller;
beforeEach(async () => {
  clock = new ManualClock();
  emulator = await startTopazEmulator({ clock, partRules: { segmentBytes: PART, singleUpToFrames: 10 } });
  topaz = new Caller(emulator);
});
afterEach(() => emulator[Symbol.asyncDispose]());

/** An open request for a clip of several parts. */
async function several(): Promise<{ id: string; urls: string[]; parts: Uint8Array<ArrayBuffer>[] }> {
  const bytes = new Uint8Array(await readFile(await clip()));
  const { id, urls } = await topaz.open({ source: { size: bytes.length } });
  return { id, urls, parts: urls.map((_, i) => bytes.subarray(i * PART, (i + 1) * PART)) };
}

const quotedMd5 = (bytes: Uint8Array): string => `"${createHash('md5').update(bytes).digest('hex')}"`;

describe('parts', () => {
  it('are put together in order, told by their ETags', async () => {
    const { id, urls, parts } = await several();
    expect(parts.length).toBeGreaterThan(1);
    const eTags: string[] = [];
    for (const [i, part] of [...parts.entries()].toReversed()) {
      const { status, headers } = await put(urls[i]!, part);
      expect([status, headers.get('etag')]).toEqual([200, quotedMd5(part)]);
      eTags.unshift(headers.get('etag')!.replaceAll('"', ''));
    }
    expect((await topaz.completeUpload(id, eTags)).status).toBe(202);
    expect(emulator.journal.of('upload', id).map(({ bodyBytes }) => bodyBytes)).toEqual(
      parts.map(({ length }) => length).toReversed(),
    );
    await topaz.until(id, 'complete');
  });

  it('that are missing stay on the list of links, and keep the upload open', async () => {
    const { id, urls, parts } = await several();
    await put(urls[0]!, parts[0]!);
    expect((await topaz.status(id))['urls']).toEqual(urls.slice(1));
    expect(
      (
        await topaz.completeUpload(
          id,
          urls.map(() => 'a'),
        )
      ).status,
    ).toBe(400);
  });

  it('with a wrong ETag are not accepted', async () => {
    const { id, urls, parts } = await several();
    for (const [i, part] of parts.entries()) await put(urls[i]!, part);
    expect(
      (
        await topaz.completeUpload(
          id,
          urls.map(() => 'a'),
        )
      ).status,
    ).toBe(400);
  });

  it('of another size are refused', async () => {
    const { urls, parts } = await several();
    const { status, body } = await put(urls[0]!, parts[0]!.subarray(1));
    expect([status, body]).toEqual([400, expect.stringContaining('<Code>EntityTooSmall</Code>')]);
  });

  it('with an API key, chunked, or over a changed link are refused as S3 does', async () => {
    const { urls, parts } = await several();
    const [url, part] = [urls[0]!, parts[0]!];
    expect((await put(url, part, { 'x-api-key': emulator.key })).status).toBe(400);
    expect(emulator.journal.leaksOf(emulator.key)).toHaveLength(1);
    expect((await put(url.replace('partNumber=1', 'partNumber=2'), part)).status).toBe(403);
    const chunked = request(url, { method: 'PUT', headers: { 'transfer-encoding': 'chunked' } });
    chunked.end(part);
    const [answer] = (await once(chunked, 'response')) as [{ statusCode: number; resume(): void }];
    answer.resume();
    expect(answer.statusCode).toBe(501);
  });

  it('over an expired link are refused, and the status has a fresh one', async () => {
    const { id, urls, parts } = await several();
    clock.advance(25 * HOUR);
    const { status, body } = await put(urls[0]!, parts[0]!);
    expect([status, body]).toEqual([403, expect.stringContaining('Request has expired')]);
    const [fresh] = (await topaz.status(id))['urls'] as string[];
    expect((await put(fresh!, parts[0]!)).status).toBe(200);
  });

  it('that never come end the request, for nothing', async () => {
    const { id } = await several();
    clock.advance(49 * HOUR);
    expect(await topaz.status(id)).toMatchObject({ status: 'failed', errorCode: 'TIMEOUT_UPLOAD_SOURCE' });
    expect(emulator.account).toMatchObject({ reserved: 0, charged: 0 });
  });
});
