import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DaemonClient, Job } from '@uprez/shared';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untilEnded, untilJob, untilView } from '../support/clients.ts';
import { clip } from '../support/clips.ts';
import { holdEngine, INTERRUPTIBLE } from '../support/processes.ts';
import { frameHashes } from '../support/tools.ts';
import { type House, openHouse, queueTask, type UprezDaemon } from '../support/uprez-process.ts';

const model = 'bicubic';
async function makeLong(path: string): Promise<void> {
  copyFileSync(await clip({ width: 320, height: 180, rate: '25', frames: INTERRUPTIBLE }), path);
}

describe('Jobs one after the other', () => {
  let house: House;
  let source: string;

  beforeEach(async () => {
    house = openHouse();
    source = house.file('sea.mp4');
    copyFileSync(await clip({ width: 320, height: 180, rate: '25', frames: 30 }), source);
  });

  afterEach(async () => {
    await house[Symbol.asyncDispose]();
  });

  it('start in their order, never two at once, also when the daemon is started anew in between', async () => {
    await makeLong(source);
    const daemon = await house.daemon();
    const seen = watchRunning(daemon.client);
    const first = await queueTask(daemon.client, { source });
    const second = await queueTask(daemon.client, { source, model });
    const third = await queueTask(daemon.client, { source, model, range: { from: 0, to: 25 } });
    await untilJob(daemon.client, first.id, 'running');
    holdEngine(house.path);
    await daemon.stop();

    const { client } = await house.daemon();
    const seenLater = watchRunning(client);
    const ended: Job[] = [];
    for (const { id } of [first, second, third]) ended.push(await untilJob(client, id, 'succeeded'));

    expect(Math.max(...seen, ...seenLater)).toBe(1);
    expect(ended.map(({ attempts }) => attempts)).toEqual([2, 1, 1]);
    const times = ended.flatMap(({ startedAt, endedAt }) => [startedAt ?? 0, endedAt ?? 0]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('never write over an earlier result: the second one gets a number', async () => {
    const { client } = await house.daemon();
    const path = await finished(client, source);
    const before = readFileSync(path);

    const secondPath = await finished(client, source);

    expect([path, secondPath]).toEqual([
      house.file('sea_uprez_2x_bicubic.mov'),
      house.file('sea_uprez_2x_bicubic (2).mov'),
    ]);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readFileSync(secondPath).equals(before)).toBe(true);
  });

  it('take a number also where the name is taken by a file of somebody else', async () => {
    const { client } = await house.daemon();
    const own = house.file('mine.mov');
    appendFileSync(own, 'not ours');
    const { id } = await queueTask(client, { source, model, output: own });
    expect((await untilJob(client, id, 'succeeded')).output?.path).toBe(house.file('mine (2).mov'));
    expect(readFileSync(own, 'utf8')).toBe('not ours');
  });

  it.each([
    ['other content', () => appendFileSync(source, 'x'), 'input.changed'],
    ['another time', () => utimesSync(source, 1, 1), 'input.changed'],
  ] as const)('refuse a clip that has %s by the time it is their turn', async (_what, change, code) => {
    const { client } = await house.daemon();
    await client.call('changeSettings', { paused: true });
    const { id } = await queueTask(client, { source, model });
    change();
    await client.call('changeSettings', { paused: false });

    const { error } = await untilJob(client, id, 'failed');
    expect(error?.code).toBe(code);
    expect(house.files()).toEqual(['sea.mp4']);
  });

  it.each([
    ['the partial file was cut off', ({ partial }: Remains) => truncateSync(partial, 100)],
    ['the partial file was deleted', ({ partial }: Remains) => rmSync(partial)],
    ['an earlier version had planned them', ({ database }: Remains) => makeOldPlans(database)],
  ])('start over where %s meanwhile, under the same name', async (_what, damage) => {
    await makeLong(source);
    const daemon = await house.daemon();
    const { id } = await queueTask(daemon.client, { source });
    await stopInTheMiddle(daemon, house);
    damage({ partial: house.file('sea_uprez_2x_fast.mov.partial'), database: house.file('data', 'uprez.db') });

    const { client } = await house.daemon();
    const { attempts, output } = await untilJob(client, id, 'succeeded');
    expect(attempts).toBe(2);
    expect(output?.frames).toBe(INTERRUPTIBLE);
    expect(house.files().sort()).toEqual(['sea.mp4', 'sea_uprez_2x_fast.mov']);
  });

  it('start over where the model was updated meanwhile: no result is made by two', async () => {
    await makeLong(source);
    const models = fileURLToPath(new URL('../../../models', import.meta.url));
    const folder = house.file('models');
    mkdirSync(folder);
    const catalog = {
      id: 'own',
      name: 'Own',
      purpose: '',
      file: 'own.onnx',
      scales: [2],
      licence: 'MIT',
      framesPerSecond: 9,
    };
    writeFileSync(join(folder, 'catalog.json'), JSON.stringify({ models: [catalog] }));
    const weights = readFileSync(join(models, 'fast.onnx'));
    writeFileSync(join(folder, 'own.onnx'), weights);
    const wrapper = ['env', `UPREZ_MODEL_PATH=${folder}`];

    const daemon = await house.daemon(wrapper);
    const { id } = await queueTask(daemon.client, { source, model: 'own' });
    await stopInTheMiddle(daemon, house);
    writeFileSync(join(folder, 'own.onnx'), withOtherWeights(weights));

    const { client } = await house.daemon(wrapper);
    const resumed = await untilEnded(client, id);
    expect(resumed).toMatchObject({ state: 'succeeded', attempts: 2 });
    const whole = await queueTask(client, { source, model: 'own' });
    const uninterrupted = await untilEnded(client, whole.id);
    expect(await frameHashes(resumed.output?.path ?? '')).toEqual(await frameHashes(uninterrupted.output?.path ?? ''));
  });

  it('fail where the output folder is missing, and succeed when it is there', async () => {
    const { client } = await house.daemon();
    const { id } = await queueTask(client, { source, model, output: house.file('later') });
    expect((await untilJob(client, id, 'failed')).error?.code).toBe('setup.output-folder');

    mkdirSync(house.file('later'));
    await client.call('retryJob', { id });
    expect((await untilJob(client, id, 'succeeded')).output?.path).toBe(
      house.file('later', 'sea_uprez_2x_bicubic.mov'),
    );
  });
});

/** Stops the daemon when something of its job is on record, and the rest is not. */
async function stopInTheMiddle(daemon: UprezDaemon, { path }: House): Promise<void> {
  await untilView(daemon.client, ({ jobs }) => jobs.find(({ steps }) => steps.some(({ progress }) => progress > 10)));
  holdEngine(path);
  await daemon.stop();
}

/** What a stopped daemon leaves of an unfinished job. */
interface Remains {
  partial: string;
  database: string;
}

/** Plans had no version then, and named the model otherwise. */
function makeOldPlans(file: string): void {
  const database = new Database(file);
  database.exec(`UPDATE jobs SET plan = json_remove(plan, '$.version', '$.plan.ways', '$.plan.model')`);
  database.close();
}

async function finished(client: DaemonClient, source: string): Promise<string> {
  const { id } = await queueTask(client, { source, model });
  return (await untilJob(client, id, 'succeeded')).output?.path ?? '';
}

/** The same network with one weight changed a little: the lowest bit of a float in the middle of the file. */
function withOtherWeights(model: Buffer): Buffer {
  const changed = Buffer.from(model);
  const middle = Math.floor(changed.length / 2);
  for (let i = middle; i < middle + 400; i += 1) changed.writeUInt8((changed[i] ?? 0) ^ 1, i);
  return changed;
}

/** How many jobs ran at once, at every change. */
function watchRunning(client: DaemonClient): number[] {
  const seen: number[] = [];
  client.subscribe(({ jobs }) => seen.push(jobs.filter(({ state }) => state === 'running').length));
  return seen;
}
