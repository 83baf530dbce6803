import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { dirname } from 'node:path';
import type { Upload } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { untilJob } from '../support/clients.ts';
import { startTestDaemon } from '../support/daemon.ts';
import { codeOf } from '../support/errors.ts';
import { ask, logIn } from '../support/http.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ScriptedBackend } from '../support/scripted-backend.ts';
import { newJob, output } from '../support/tasks.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Sending {
  name?: string;
  body?: string;
  headers?: Record<string, string>;
}

function post(port: number, { name = 'beach.mp4', headers = {} }: Sending): ClientRequest {
  const path = `/uploads?name=${encodeURIComponent(name)}`;
  return request({ host: '127.0.0.1', port, method: 'POST', path, headers });
}

async function send(port: number, sending: Sending): Promise<{ status: number; body: Record<string, unknown> }> {
  const outgoing = post(port, sending);
  outgoing.end(sending.body ?? 'the bytes of a clip');
  const [reply] = (await once(outgoing, 'response')) as [IncomingMessage];
  const text = Buffer.concat(await reply.toArray()).toString();
  return { status: reply.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> };
}

/** Everything below a folder. */
const filesIn = (folder: string): string[] =>
  existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]) : [];

describe('uploads', () => {
  it('are written as they came, each in a folder of its own, readable by the user alone', async () => {
    using data = tempDir();
    await using daemon = await startTestDaemon({ backends: [], dataDir: data.path });
    const headers = await logIn(daemon.endpointFile);
    const body = 'x'.repeat(300_000);
    const [one, two] = [await send(daemon.port, { body, headers }), await send(daemon.port, { headers })];
    const [first, second] = [one.body as Upload, two.body as Upload];
    expect(first).toMatchObject({ sizeBytes: 300_000, output: data.file('results') });
    expect(readFileSync(first.path, 'utf8')).toBe(body);
    expect(first.path).toMatch(/beach\.mp4$/);
    expect(second.path).not.toBe(first.path);
    expect(filesIn(data.file('uploads'))).toHaveLength(4);
  });

  it('lead to results where the user wants them', async () => {
    using data = tempDir();
    await using daemon = await startTestDaemon({ backends: [], dataDir: data.path });
    const headers = await logIn(daemon.endpointFile);
    await (await daemon.connect()).call('changeSettings', { outputFolder: '/somewhere' });
    expect((await send(daemon.port, { headers })).body).toMatchObject({ output: null });
  });

  it.each([
    ['../../etc/beach.mp4', 'beach.mp4'],
    ['C:\\clips\\beach.mp4', 'beach.mp4'],
    ['.hidden.mov', 'hidden.mov'],
    ['a\nb:c.mov', 'a_b_c.mov'],
    [`${'ü'.repeat(300)}.mov`, `${'ü'.repeat(60)}.mov`],
  ])('called %j keep a name that harms nobody', async (name, kept) => {
    using data = tempDir();
    await using daemon = await startTestDaemon({ backends: [], dataDir: data.path });
    const reply = await send(daemon.port, { name, headers: await logIn(daemon.endpointFile) });
    expect((reply.body as Upload).path).toBe(`${dirname((reply.body as Upload).path)}/${kept}`);
    expect(filesIn(data.file('uploads'))).toHaveLength(2);
  });

  it('of other kinds, empty, too large or without a proof are refused and leave nothing', async () => {
    using data = tempDir();
    await using daemon = await startTestDaemon({ backends: [], dataDir: data.path, maxFileSize: 1000 });
    const headers = await logIn(daemon.endpointFile);
    const long = 'x'.repeat(1001);
    const cases: [Sending, number, string][] = [
      [{ name: 'virus.exe', headers }, 400, 'input.not-video'],
      [{ name: '.mp4', headers }, 400, 'input.not-video'],
      [{ name: '', headers }, 400, 'request.invalid'],
      [{ body: '', headers }, 400, 'input.empty'],
      [{ body: long, headers: { ...headers, 'content-length': '1001' } }, 413, 'input.too-large'],
      [{ body: long, headers: { ...headers, 'transfer-encoding': 'chunked' } }, 413, 'input.too-large'],
      [{}, 401, 'daemon.unauthorized'],
      [{ headers: { ...headers, origin: 'https://example.com' } }, 403, 'daemon.forbidden'],
    ];
    for (const [sending, status, code] of cases)
      expect(await send(daemon.port, sending)).toMatchObject({ status, body: { error: { code } } });
    expect(filesIn(data.file('uploads'))).toEqual([]);
  });

  it('that break off leave nothing', async () => {
    using data = tempDir();
    await using daemon = await startTestDaemon({ backends: [], dataDir: data.path });
    const headers = { ...(await logIn(daemon.endpointFile)), 'content-length': '100000' };
    const outgoing = post(daemon.port, { headers });
    outgoing.on('error', () => {});
    outgoing.write('only the beginning');
    await expect.poll(() => filesIn(data.file('uploads')).length).toBe(2);
    outgoing.destroy();
    await expect.poll(() => filesIn(data.file('uploads'))).toEqual([]);
  });

  it('go when no job needs them any more; results stay', async () => {
    using data = tempDir();
    const [clock, backend] = [new ManualClock(), new ScriptedBackend({ runs: 'finish' })];
    await using daemon = await startTestDaemon({ backends: [backend], dataDir: data.path, clock });
    const headers = await logIn(daemon.endpointFile);
    const client = await daemon.connect();
    const used = (await send(daemon.port, { headers })).body as unknown as Upload;
    const unused = (await send(daemon.port, { headers })).body as unknown as Upload;
    writeFileSync(data.file('results', 'beach_uprez_2x_fast.mov'), 'a result');
    for (const { path } of [used, unused]) utimesSync(dirname(path), clock.now() / 1000, clock.now() / 1000);
    const [job] = await client.call('addJobs', { jobs: [newJob({ source: used.path })] });
    await untilJob(client, job!.id, 'succeeded');
    clock.advance(86_400_001);
    await expect.poll(() => existsSync(unused.path)).toBe(false);
    expect(existsSync(used.path)).toBe(true);
    await client.call('removeJob', { id: job!.id });
    clock.advance(3_600_001);
    await expect.poll(() => existsSync(dirname(used.path))).toBe(false);
    expect(readdirSync(data.file('results'))).toEqual(['beach_uprez_2x_fast.mov']);
  });
});

describe('what jobs left on disk', () => {
  const finished = async (path: string, logLevel = 'info') => {
    const backend = new ScriptedBackend();
    const data = tempDir();
    const programs = data.file('programs');
    const daemon = await startTestDaemon({ backends: [backend], dataDir: data.path, logLevel, searchPath: programs });
    const client = await daemon.connect();
    const [job] = await client.call('addJobs', { jobs: [newJob()] });
    const run = await backend.nextRun();
    run.job.log.warn({ frame: 7, err: new Error(`secret of ${path}`) }, 'something odd');
    run.finish({ kind: 'finished', output: { ...output, path } });
    await untilJob(client, job!.id, 'succeeded');
    const end = async () => {
      await daemon[Symbol.asyncDispose]();
      data[Symbol.dispose]();
    };
    return { daemon, client, id: job!.id, programs, data, [Symbol.asyncDispose]: end };
  };

  it('can be downloaded, also in part, from hidden folders too', async () => {
    using files = tempDir();
    mkdirSync(files.file('.hidden'));
    const path = files.file('.hidden', 'beach_uprez_2x.mov');
    writeFileSync(path, '0123456789');
    await using job = await finished(path);
    const { port, endpointFile } = job.daemon;
    const headers = await logIn(endpointFile);
    const whole = await ask(port, { path: `/jobs/${job.id}/result`, headers });
    expect(whole).toMatchObject({ status: 200, body: '0123456789' });
    expect(whole.headers['content-disposition']).toBe('attachment; filename=beach_uprez_2x.mov');
    const part = await ask(port, { path: `/jobs/${job.id}/result`, headers: { ...headers, range: 'bytes=2-4' } });
    expect(part).toMatchObject({ status: 206, body: '234' });
    expect((await ask(port, { path: `/jobs/${job.id}/result` })).status).toBe(401);
    expect((await ask(port, { path: '/jobs/nobody/result', headers })).status).toBe(404);
  });

  it.runIf(process.platform === 'linux')(
    'are shown in the file manager, and the dashboard in the browser',
    async () => {
      using files = tempDir();
      const path = files.file('beach; touch bad.mov');
      writeFileSync(path, 'a result');
      await using job = await finished(path);
      const reveal = () => job.client.call('revealJob', { id: job.id });
      expect(await codeOf(reveal())).toBe('daemon.no-file-manager');
      mkdirSync(job.programs);
      writeFileSync(`${job.programs}/xdg-open`, `#!/bin/sh\nprintf '%s\\n' "$#" "$@" > ${job.programs}/asked\n`);
      chmodSync(`${job.programs}/xdg-open`, 0o700);
      await reveal();
      await expect.poll(() => existsSync(`${job.programs}/asked`)).toBe(true);
      await expect.poll(() => readFileSync(`${job.programs}/asked`, 'utf8')).toBe(`1\n${files.path}\n`);
      expect(await codeOf(job.client.call('revealJob', { id: job.id, file: 'source' }))).toBe('input.missing');
      await job.client.call('showDashboard', {});
      await expect
        .poll(() => readFileSync(`${job.programs}/asked`, 'utf8'))
        .toMatch(/^1\nhttp:\/\/127\.0\.0\.1:\d+\/open\/\w+\n$/);
    },
  );

  it('is told by the log, without the words of errors that were not written for users', async () => {
    await using job = await finished('/results/beach.mov');
    const lines = await job.client.call('logOfJob', { id: job.id });
    expect(lines.map(({ event }) => event)).toEqual([
      ...['job queued', 'job running', 'something odd', 'job succeeded'],
    ]);
    expect(lines.at(-1)?.facts).toMatchObject({ frames: '96', result: 'beach.mov' });
    const odd = lines.find(({ event }) => event === 'something odd');
    expect(odd).toMatchObject({ level: 'warning', facts: { frame: '7', err: 'Something went wrong inside Uprez.' } });
    expect(JSON.stringify(lines)).not.toContain('secret');
    expect(await codeOf(job.client.call('logOfJob', { id: 'nobody' }))).toBe('job.not-found');
  });
});

describe('the order of the queue', () => {
  it('is changed by moving queued jobs, and stays so after a restart', async () => {
    using data = tempDir();
    const names = ['a', 'b', 'c', 'd'].map((name) => `/clips/${name}.mp4`);
    const order = (jobs: readonly { task: { source: string }; position: number }[]): string =>
      jobs
        .toSorted((a, b) => a.position - b.position)
        .map((job) => job.task.source[7])
        .join('');
    {
      const backend = new ScriptedBackend();
      await using daemon = await startTestDaemon({ backends: [backend], dataDir: data.path });
      const client = await daemon.connect();
      const jobs = await client.call('addJobs', { jobs: names.map((source) => newJob({ source })) });
      const [a, b, c, d] = jobs.map(({ id }) => id);
      await backend.nextRun();
      await client.call('moveJob', { id: d!, before: b! });
      expect(order(client.view.jobs)).toBe('adbc');
      await client.call('moveJob', { id: d!, before: null });
      await client.call('moveJob', { id: c!, before: a! });
      expect(order(await client.call('listJobs', {}))).toBe('acbd');
      expect(await codeOf(client.call('moveJob', { id: a!, before: null }))).toBe('job.illegal-action');
    }
    await using daemon = await startTestDaemon({ backends: [new ScriptedBackend()], dataDir: data.path });
    expect(order(await (await daemon.connect()).call('listJobs', {}))).toBe('acbd');
  });
});
