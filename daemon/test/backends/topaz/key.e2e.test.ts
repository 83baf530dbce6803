import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DaemonClient } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { readEndpoint } from '../../../src/instance.ts';
import { randomHex } from '../../support/clients.ts';
import { clip } from '../../support/clips.ts';
import { SMALL_PARTS } from '../../support/cloud.ts';
import { openCloudProcesses } from '../../support/cloud-processes.ts';
import { ask, logIn } from '../../support/http.ts';
import { seesProcesses } from '../../support/processes.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { ffmpegPath } from '../../support/tools.ts';
import { startTopazEmulator } from '../../support/topaz/emulator.ts';

/** Everything that clients may ask for by its path alone, and about one job. */
const questions = ['/jobs', '/settings', '/doctor', '/keys', '/models', '/statistics/errors', '/pairings'];
const aboutJobs = ['', '/report', '/cancel-cost'];

/**
 * A canary as the key: set by one process, used by another, through a job that fails with an error that quotes it, and one
 * that is done. Afterwards everything is searched that anybody could read.
 */
describe.skipIf(!seesProcesses)('the API key', () => {
  it('is in its own file and in the calls to the service, and nowhere else', async () => {
    using folder = tempDir();
    await using emulator = await startTopazEmulator({ partRules: SMALL_PARTS });
    const { key } = emulator;
    const witnesses = folder.file('witnesses');
    mkdirSync(witnesses);
    const data = folder.file('data');
    // Left as soon as everything that a running daemon shows was searched.
    {
      const ffmpeg = ffmpegWithWitness(folder.path, witnesses);
      await using house = await openCloudProcesses(folder, emulator, { ffmpeg });
      const uprez = house.run.bind(house);
      const heard = await eavesdrop(join(data, 'endpoint.json'));
      const session = await logIn(join(data, 'endpoint.json'));
      const rest = async (path: string, body?: object): Promise<void> => {
        const { port } = readEndpoint(join(data, 'endpoint.json'))!;
        const question = body ? { method: 'POST', path, body } : { path };
        heard.push(JSON.stringify(await ask(port, { ...question, headers: session })));
      };

      await rest('/keys', { backend: 'topaz', apiKey: `${key} and a blank` });
      expect(await uprez(['key', 'set'], `${key}\n`)).toContain('The API key is');
      expect(await uprez(['key', 'test'])).toContain('The key works');
      for (const ceiling of ['spendPerJob', 'spendPerDay']) await uprez(['settings', ceiling, '100']);
      const quoting = Buffer.from(JSON.stringify({ message: `${key} is no key` }));
      emulator.faults.add('create', {
        kind: 'answer',
        after: false,
        reply: { status: 401, headers: {}, body: quoting },
      });
      const source = folder.file('sea.mp4');
      copyFileSync(await clip({ extension: '.mp4' }), source);
      const refused = await uprez(['upscale', source, '--backend', 'topaz', '--model', 'prob-4']);
      expect(refused).toContain('Topaz does not accept the API key');
      const done = await uprez(['upscale', source, '--backend', 'topaz', '--model', 'prob-4', '--json']);
      expect(done).toContain('"state":"succeeded"');

      for (const path of questions) await rest(path);
      const client = await uprez(['jobs', '--json']);
      for (const { id } of JSON.parse(client) as { id: string }[])
        for (const path of aboutJobs) await rest(`/jobs/${id}${path}`);

      const files = filesBelow(folder.path);
      expect(files.some((file) => file.endsWith('-wal'))).toBe(true);
      expect(files.some((file) => file.endsWith('.mov'))).toBe(true);
      expect(files.filter((file) => holds(readFileSync(file), key))).toEqual([join(data, 'keys.json')]);
      expect(filesBelow(witnesses).length).toBeGreaterThan(3);
      expect(heard.length).toBeGreaterThan(questions.length + aboutJobs.length);
      expect(heard.some((text) => text.includes('"state":"succeeded"'))).toBe(true);
      expect(heard.filter((text) => holds(text, key))).toEqual([]);
      for (const process of [house.daemon, ...house.others])
        expect(holds(process.said + process.identity, key)).toBe(false);
      expect(emulator.journal.leaksOf(key)).toEqual([]);
    }
    // What was written on the way out.
    expect(filesBelow(folder.path).filter((file) => holds(readFileSync(file), key))).toEqual([join(data, 'keys.json')]);
  });
});

/** An ffmpeg that first writes down how it was called and in what environment. */
function ffmpegWithWitness(folder: string, witnesses: string): string {
  const path = join(folder, 'ffmpeg');
  const copies = ['cmdline', 'environ'].map((name) => `cat /proc/$$/${name} > "${witnesses}/$$.${name}"`);
  writeFileSync(path, ['#!/bin/sh', ...copies, `exec ${ffmpegPath} "$@"`, ''].join('\n'));
  chmodSync(path, 0o755);
  return path;
}

/** Everything the daemon tells a client that follows it. */
async function eavesdrop(endpointFile: string): Promise<string[]> {
  const { port, pairing } = readEndpoint(endpointFile)!;
  const heard: string[] = [];
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  socket.on('message', (bytes: Buffer) => heard.push(bytes.toString()));
  const credentials = { kind: 'pairing', ...pairing } as const;
  const inShape = socket as unknown as Parameters<typeof DaemonClient.connect>[0]['socket'];
  await DaemonClient.connect({ socket: inShape, port, credentials, name: 'eavesdropper', nonce: randomHex() });
  return heard;
}

/** In any of the forms in which a program may write it down. */
function holds(content: Buffer | string, key: string): boolean {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content, 'latin1');
  const whole = Buffer.from(key);
  // Of base64 only the part that does not depend on what stands before it.
  const base64 = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), whole])
      .toString('base64')
      .slice(4, -4),
  );
  const forms = [key, key.replaceAll('-', ''), whole.toString('hex'), encodeURIComponent(key), ...base64];
  return forms.some((form) => bytes.includes(form));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}
