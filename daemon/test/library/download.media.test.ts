import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { AppError } from '@uprez/shared';
import { Agent } from 'undici';
import { describe, expect, it } from 'vitest';
import { createDownload, type DownloadParts } from '../../src/library/download.ts';
import { childScript, kill } from '../support/child-script.ts';
import { codeOf } from '../support/errors.ts';
import {
  type FileServer,
  file,
  Line,
  type Manners,
  publishedAt,
  serveFiles,
  status,
  tls,
} from '../support/file-server.ts';
import { tempDir } from '../support/temp-dir.ts';

const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) ^ (i >> 8));
const other = content.map((value) => value ^ 1);
const half = 150_000;

/** A folder, a server with a file in it, and a download from there that waits for nothing. */
async function arrange() {
  const folder = tempDir();
  const server = await serveFiles();
  const waits: number[] = [];
  const parts: DownloadParts = {
    plainOrigin: server.origin,
    pause: (ms) => Promise.resolve(waits.push(ms)),
  };
  const target = folder.file('model.part');
  const reports: number[] = [];
  const abort = new AbortController();
  const line = new Line();
  const breaks = { after: half, line };
  const report = (n: number): void => {
    reports.push(n);
    line.reached(n);
  };
  const fetch = (bytes = content, given: DownloadParts = parts): Promise<void> =>
    createDownload(given)(publishedAt(`${server.origin}/model`, bytes), {
      file: target,
      signal: abort.signal,
      report,
    });
  return {
    ...{ server, waits, target, reports, abort, breaks, fetch },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

const ranges = (server: FileServer): (string | undefined)[] => server.asked.map(({ range }) => range);

async function errorOf(work: Promise<unknown>): Promise<AppError> {
  return work.then(
    () => expect.fail('no error'),
    (error: unknown) => (error instanceof AppError ? error : expect.fail(String(error))),
  );
}

describe('a download', () => {
  it('brings the file, and says how far it is', async () => {
    await using at = await arrange();
    at.server.answers(file(content));
    await at.fetch();
    expect(readFileSync(at.target).equals(content)).toBe(true);
    expect(at.reports.at(-1)).toBe(content.length);
    expect(at.reports).toEqual([...at.reports].sort((a, b) => a - b));
  });

  it('asks nobody when the file is there already', async () => {
    await using at = await arrange();
    writeFileSync(at.target, content);
    await at.fetch();
    expect(at.server.asked).toEqual([]);
  });

  it('goes on where the connection broke, if the file is still the same there', async () => {
    await using at = await arrange();
    at.server.answers(file(content, { breaks: at.breaks }), file(content));
    await at.fetch();
    expect(readFileSync(at.target).equals(content)).toBe(true);
    expect(at.server.asked[1]).toMatchObject({ range: `bytes=${half}-`, ifRange: '"one"' });
  });

  it('starts over when the file is another one there', async () => {
    await using at = await arrange();
    at.server.answers(file(other, { breaks: at.breaks }), file(content, { etag: '"two"' }));
    await at.fetch();
    expect(readFileSync(at.target).equals(content)).toBe(true);
  });

  it.each<[string, Manners]>([
    ['ignores ranges', { ranges: false }],
    ['marks its files weakly', { etag: 'W/"weak"' }],
  ])('ends well with a server that %s', async (_, manners) => {
    await using at = await arrange();
    at.server.answers(file(content, { ...manners, breaks: at.breaks }), file(content, manners));
    await at.fetch();
    expect(readFileSync(at.target).equals(content)).toBe(true);
  });

  it('goes on with what an earlier program run left', async () => {
    await using at = await arrange();
    writeFileSync(at.target, content.subarray(0, half));
    writeFileSync(`${at.target}.validator`, '"one"');
    at.server.answers(file(content));
    await at.fetch();
    expect(ranges(at.server)).toEqual([`bytes=${half}-`]);
  });

  it('goes on after its process was killed', async () => {
    await using at = await arrange();
    at.server.answers((_, response) => {
      response.writeHead(200, { 'content-length': content.length, etag: '"one"' });
      response.write(content.subarray(0, half));
    }, file(content));
    const published = publishedAt(`${at.server.origin}/model`, content);
    using script = await childScript(`
      import { createDownload } from '../../src/library/download.ts';
      await createDownload({ plainOrigin: ${JSON.stringify(at.server.origin)} })(${JSON.stringify(published)}, {
        file: ${JSON.stringify(at.target)},
        signal: new AbortController().signal,
        report: (n) => n === ${half} && console.log('half'),
      });
    `);
    const child = script.start();
    await once(child.stdout!, 'data');
    await kill([child]);
    await at.fetch();
    expect(readFileSync(at.target).equals(content)).toBe(true);
    expect(at.server.asked[1]).toMatchObject({ range: `bytes=${half}-`, ifRange: '"one"' });
  });

  it('starts over once when what an earlier run left turns out to be something else', async () => {
    await using at = await arrange();
    writeFileSync(at.target, other.subarray(0, half));
    at.server.answers(file(content));
    await at.fetch();
    expect(ranges(at.server)).toEqual([`bytes=${half}-`, undefined]);
    expect(readFileSync(at.target).equals(content)).toBe(true);
  });

  it('starts over when more is there than there should be', async () => {
    await using at = await arrange();
    writeFileSync(at.target, Buffer.concat([content, content]));
    at.server.answers(file(content));
    await at.fetch();
    expect(ranges(at.server)).toEqual([undefined]);
  });

  it('tries again when the server is in trouble, and waits as long as it says', async () => {
    await using at = await arrange();
    at.server.answers(status(503), status(429, { 'retry-after': '7' }), status(416), file(content));
    await at.fetch();
    expect(at.waits[1]).toBe(7000);
    expect(at.server.asked).toHaveLength(4);
  });

  it('waits longer each time that brought nothing, and gives up after five', async () => {
    await using at = await arrange();
    at.server.answers(status(500));
    expect(await errorOf(at.fetch())).toMatchObject({ code: 'model.refused', data: { why: 'it answered with 500' } });
    expect(at.server.asked).toHaveLength(5);
    expect(at.waits).toEqual([...at.waits].sort((a, b) => a - b));
  });

  it('does not give up as long as every try brings something', async () => {
    await using at = await arrange();
    at.server.answers(
      ...Array.from({ length: 9 }, () => file(content, { breaks: { ...at.breaks, after: 30_000 } })),
      file(content),
    );
    await at.fetch();
    expect(readFileSync(at.target).equals(content)).toBe(true);
    expect(at.server.asked).toHaveLength(10);
  });

  it('follows redirects, also relative ones', async () => {
    await using at = await arrange();
    at.server.answers(status(302, { location: '/elsewhere/model' }), file(content));
    await at.fetch();
    expect(at.server.asked.map(({ path }) => path)).toEqual(['/model', '/elsewhere/model']);
  });
});

describe('a download that can’t succeed says why', () => {
  it('offline', async () => {
    await using at = await arrange();
    await at.server[Symbol.asyncDispose]();
    const error = await errorOf(at.fetch());
    expect(error.code).toBe('model.offline');
    expect(error.message).toMatch(/^The download from 127\.0\.0\.1:\d+ does not get through: nobody answers there\.$/);
  });

  it.each([
    ['no such file', status(404), 'it answered with 404'],
    ['a redirect to an address without encryption', status(302, { location: 'http://127.0.0.1:9/' }), 'encryption'],
    ['redirects in a circle', status(302, { location: '/model' }), 'redirects without end'],
    ['a redirect to nowhere', status(302, { location: 'http://[' }), 'an address that can’t be read'],
    ['a packed file', status(200, { 'content-encoding': 'gzip' }), 'a form that was not asked for'],
  ])('%s', async (_, answer, why) => {
    await using at = await arrange();
    at.server.answers(answer);
    const error = await errorOf(at.fetch());
    expect(error.code).toBe('model.refused');
    expect(error.message).toContain(why);
  });

  it('other bytes: nothing is kept', async () => {
    await using at = await arrange();
    at.server.answers(file(other));
    expect(await errorOf(at.fetch())).toMatchObject({ code: 'model.other-bytes', data: { what: 'SHA-256' } });
    expect(existsSync(at.target)).toBe(false);
    expect(at.server.asked).toHaveLength(1);
  });

  it.each([
    ['longer', Buffer.concat([content, content])],
    ['shorter', content.subarray(0, half)],
  ])('a file that is %s', async (_, bytes) => {
    await using at = await arrange();
    at.server.answers(file(bytes));
    expect(await errorOf(at.fetch())).toMatchObject({ code: 'model.other-bytes', data: { what: 'length' } });
    expect(existsSync(at.target)).toBe(false);
  });

  it('a file that never ends is cut at its length', async () => {
    await using at = await arrange();
    at.server.answers((_, response) => {
      const more = (): void => void response.write(content, () => !response.destroyed && setImmediate(more));
      more();
    });
    expect(await codeOf(at.fetch())).toBe('model.other-bytes');
    expect(existsSync(at.target)).toBe(false);
  });

  it('a server that promises more than it sends', async () => {
    await using at = await arrange();
    at.server.answers((_, response) => {
      response.writeHead(200);
      response.end(content.subarray(0, 1000));
    });
    expect(await errorOf(at.fetch())).toMatchObject({
      code: 'model.offline',
      data: { why: expect.stringContaining('too early') },
    });
  });

  it('no room on the disk', async () => {
    await using at = await arrange();
    const huge = { url: `${at.server.origin}/model`, bytes: 2 ** 52, sha256: '0'.repeat(64) };
    const options = { file: at.target, signal: at.abort.signal, report: () => {} };
    expect(await codeOf(createDownload({ plainOrigin: at.server.origin })(huge, options))).toBe('setup.disk-full');
    expect(at.server.asked).toEqual([]);
  });

  it('cancelled: what is there is kept for the next time', async () => {
    await using at = await arrange();
    at.server.answers((_, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, half));
    });
    const fetched = errorOf(at.fetch());
    await expect.poll(() => at.reports.at(-1)).toBe(half);
    at.abort.abort(new AppError('model.pull-cancelled', { model: 'x' }));
    expect((await fetched).code).toBe('model.pull-cancelled');
    expect(statSync(at.target).size).toBe(half);
    expect(at.waits).toEqual([]);
  });
});

describe('encryption', () => {
  it('is required: an address without it is never asked', async () => {
    await using at = await arrange();
    at.server.answers(file(content));
    expect(await codeOf(at.fetch(content, {}))).toBe('model.refused');
    expect(at.server.asked).toEqual([]);
  });

  it('must be by somebody whom a certificate vouches for', async () => {
    using folder = tempDir();
    await using server = await serveFiles('https');
    server.answers(file(content));
    const fetch = (parts: DownloadParts): Promise<void> =>
      createDownload({ ...parts, pause: () => Promise.resolve() })(publishedAt(`${server.origin}/model`, content), {
        file: folder.file('model.part'),
        signal: new AbortController().signal,
        report: () => {},
      });
    const error = await errorOf(fetch({}));
    expect([error.code, error.message]).toEqual(['model.offline', expect.stringContaining('self-signed certificate')]);
    expect(server.asked).toEqual([]);
    await fetch({ dispatcher: new Agent({ connect: { ca: tls } }) });
    expect(readFileSync(folder.file('model.part')).equals(content)).toBe(true);
  });
});
