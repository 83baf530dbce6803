import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CloudHouse, openCloudHouse, outputOf, untilDecided } from '../../support/cloud.ts';
import { until } from '../../support/processes.ts';

/** What the service has in hand, and the daemon's database has never heard of. */
async function forget(house: CloudHouse, { knowing }: { knowing: 'the job' | 'nothing' }): Promise<string> {
  const { emulator, folder } = house;
  const backup = folder.file('backup.db');
  const database = folder.file('data', 'uprez.db');
  const source = await house.clip('sea.mp4');
  await house.client.call('changeSettings', { paused: true });
  if (knowing === 'nothing') await house.restart(() => copyFileSync(database, backup));
  const { id } = await house.queue(source);
  if (knowing === 'the job') await house.restart(() => copyFileSync(database, backup));
  emulator.fate = { stuckAt: 'processing' };
  await house.client.call('changeSettings', { paused: false });
  await until('the request to be in work', () => emulator.requests[0]?.status === 'processing');
  await house.restart(() => {
    for (const ending of ['-wal', '-shm']) rmSync(`${database}${ending}`, { force: true });
    copyFileSync(backup, database);
    if (knowing === 'nothing') return;
    // As if another computer had taken over: what lay in the work folder is gone too.
    for (const name of readdirSync(folder.file('work'))) rmSync(join(folder.file('work'), name));
  });
  return id;
}

describe('a database that was replaced by an older one', () => {
  it('costs no second request: a job goes on with the one that has its very clip', async () => {
    await using house = await openCloudHouse();
    const { emulator } = house;
    const id = await forget(house, { knowing: 'the job' });
    emulator.fate = {};
    await house.client.call('changeSettings', { paused: false });
    const job = await untilDecided(house.client, id);
    outputOf(job);
    expect(emulator.requests).toHaveLength(1);
    expect(emulator.account.charged).toBe(emulator.requests[0]?.quote.cost[0]);
    expect(job.chargedCredits).toBe(emulator.account.charged);
    expect(emulator.account.reserved).toBe(0);
  });

  it('and that does not know a job any more leaves no request of it running', async () => {
    await using house = await openCloudHouse();
    const { emulator } = house;
    const id = await forget(house, { knowing: 'nothing' });
    expect(house.daemon.queue.list()).toEqual([]);
    await until('the request to end', () => emulator.requests[0]?.status === 'canceled');
    await until('the clip to go', () => readdirSync(house.folder.file('work')).every((name) => !name.includes(id)));
    expect(emulator.account).toMatchObject({ charged: 0, reserved: 0 });
  });

  it('gives no right to a request that nothing proves to be ours', async () => {
    await using house = await openCloudHouse();
    const { emulator, folder } = house;
    await forget(house, { knowing: 'the job' });
    // The same clip again, as a colleague may have sent it with the same account: another job, and so another mark.
    const { id } = await house.queue(await house.clip('sea.mp4'), { scale: 4 });
    await house.client.call('cancelJob', { id: house.daemon.queue.list().find((job) => job.id !== id)!.id });
    await house.client.call('changeSettings', { paused: false });
    await until('another request', () => emulator.requests.length === 2 && emulator.requests[1]?.upload !== undefined);
    expect(emulator.requests[0]?.status).toBe('processing');
    expect(readdirSync(folder.file('work'))).not.toEqual([]);
  });
});
