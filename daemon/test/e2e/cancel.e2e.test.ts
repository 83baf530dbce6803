import { copyFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untilJob } from '../support/clients.ts';
import { clip } from '../support/clips.ts';
import { ofRole, seesProcesses, until, untilOnly } from '../support/processes.ts';
import { type House, openHouse, queueTask } from '../support/uprez-process.ts';

/** Long enough that nobody finishes it before the test says stop. */
const longClip = () => clip({ width: 480, height: 270, rate: '50', frames: 600, sounds: [{ channels: 2 }] });

// Other systems don't tell a test which processes there are.
describe.skipIf(!seesProcesses)('Stopping', () => {
  let house: House;
  let source: string;

  beforeEach(async () => {
    house = openHouse();
    source = house.file('sea.mp4');
    copyFileSync(await longClip(), source);
  });

  afterEach(async () => {
    await house[Symbol.asyncDispose]();
  });

  it('a running job ends all its processes and leaves no partial file', async () => {
    const { client } = await house.daemon();
    const { id } = await queueTask(client, { source });
    await until('frames on the disk', () => house.files().includes('sea_uprez_2x_fast.mov.partial'));
    await until('all three at work', () => ofRole(house.path, 'encoder') && ofRole(house.path, 'decoder'));

    const asked = performance.now();
    const reply = await client.call('cancelJob', { id });
    expect(['cancelling', 'cancelled']).toContain(reply.state);
    await untilOnly(house.path, ['daemon']);
    console.log(`cancelled: all child processes gone after ${Math.round(performance.now() - asked)} ms`);

    const { attempts, output, error } = await untilJob(client, id, 'cancelled');
    expect({ attempts, output, error }).toEqual({ attempts: 1, output: null, error: null });
    expect(house.files()).toEqual(['sea.mp4']);
  });

  it('a queued job never starts it, and the job before it goes on', async () => {
    const { client } = await house.daemon();
    const first = await queueTask(client, { source });
    await untilJob(client, first.id, 'running');
    const second = await queueTask(client, { source, range: { from: 0, to: 10 } });

    await client.call('cancelJob', { id: second.id });

    const cancelled = await untilJob(client, second.id, 'cancelled');
    expect(cancelled.attempts).toBe(0);
    expect(client.view.jobs.map(({ state }) => state)).toEqual(['running', 'cancelled']);
  });

  it('the daemon ends its processes, and the job goes on at the next start', async () => {
    const daemon = await house.daemon();
    const { id } = await queueTask(daemon.client, { source });
    await until('the encoder', () => ofRole(house.path, 'encoder'));

    await daemon.stop();
    expect(await daemon.ended).toBe(0);
    await untilOnly(house.path);

    const { client } = await house.daemon();
    const job = await untilJob(client, id, 'running');
    expect(job.attempts).toBe(2);
    await client.call('cancelJob', { id });
    await untilJob(client, id, 'cancelled');
    expect(house.files()).toEqual(['sea.mp4']);
  });

  it('the command line with Ctrl-C cancels the job: code 130, no partial file, no processes', async () => {
    const { child, ended, said } = house.start('upscale', source);
    await until('the encoder', () => ofRole(house.path, 'encoder'));
    await until('a word about the frames', () => said().includes('frame '));

    child.kill('SIGINT');

    expect((await ended).code, said()).toBe(130);
    await untilOnly(house.path);
    expect(house.files()).toEqual(['sea.mp4']);
  });
});
