import { describe, expect, it } from 'vitest';
import { untilJob } from '../../support/clients.ts';
import { openCloudHouse, outputOf } from '../../support/cloud.ts';
import { codeOf } from '../../support/errors.ts';
import { until } from '../../support/processes.ts';
import { trouble } from '../../support/topaz/faults.ts';
import type { Status } from '../../support/topaz/wire.ts';

describe('a job that is cancelled', () => {
  it.each<Status>(['accepted', 'initializing', 'processing', 'postprocessing'])(
    'while its request is %s says before what that costs, and costs no more',
    async (state) => {
      await using house = await openCloudHouse();
      const { emulator } = house;
      if (state === 'accepted') emulator.faults.add({ at: 'complete-upload' }, { kind: 'hang', after: false });
      else emulator.fate = { stuckAt: state };
      const job = await house.queue(await house.clip('sea.mp4', { frames: 60 }), { scale: 4 });
      await until(
        `the request to be ${state}`,
        () =>
          emulator.requests[0]?.status === state &&
          (state !== 'accepted' || emulator.journal.of('complete-upload').length > 0),
      );
      const cost = await house.client.call('cancelCost', { id: job.id });
      await house.client.call('cancelJob', { id: job.id });
      const cancelled = await untilJob(house.client, job.id, 'cancelled');
      expect(emulator.requests[0]?.status).toBe('canceled');
      expect(emulator.account).toMatchObject({ charged: cost.charged, reserved: 0 });
      expect(cancelled.chargedCredits).toBe(cost.charged);
    },
  );

  it('costs nothing before it is approved', async () => {
    await using house = await openCloudHouse({ settings: { spendPerJob: 0, spendPerDay: 0 } });
    const waiting = await house.upscale(await house.clip('sea.mp4'));
    expect(await house.client.call('cancelCost', { id: waiting.id })).toEqual({ charged: 0, refunded: 0 });
    await house.client.call('cancelJob', { id: waiting.id });
    await untilJob(house.client, waiting.id, 'cancelled');
    expect(house.emulator.account.ledger).toEqual([]);
  });

  it('while the service can’t be reached is ended there at the next start', async () => {
    await using house = await openCloudHouse();
    const { emulator } = house;
    emulator.fate = { stuckAt: 'preprocessing' };
    const job = await house.queue(await house.clip('sea.mp4'));
    await until('the request to be prepared', () => emulator.requests[0]?.status === 'preprocessing');
    emulator.faults.add({ at: 'any', times: Number.POSITIVE_INFINITY }, trouble.dropBefore());
    await house.client.call('cancelJob', { id: job.id });
    await untilJob(house.client, job.id, 'cancelled');
    await house.client.call('removeJob', { id: job.id });
    expect(emulator.account.reserved).toBe(1);
    emulator.faults.clear();
    await house.restart();
    await until('the request to end', () => emulator.requests[0]?.status === 'canceled');
    expect(emulator.account).toMatchObject({ charged: 0, reserved: 0 });
  });

  it('or removed after a failure takes its request with it', async () => {
    await using house = await openCloudHouse();
    const { emulator } = house;
    emulator.fate = { stuckAt: 'processing' };
    const job = await house.queue(await house.clip('sea.mp4'));
    await until('the request to be in work', () => emulator.requests[0]?.status === 'processing');
    emulator.faults.add({ at: 'status' }, trouble.unauthorized());
    await untilJob(house.client, job.id, 'failed');
    expect(emulator.account.reserved).toBe(1);
    await house.client.call('removeJob', { id: job.id });
    expect(emulator.account.reserved).toBe(0);
    expect(['canceling', 'canceled']).toContain(emulator.requests[0]?.status);
  });
});

describe('a daemon that is stopped', () => {
  it('leaves the request running and fetches its result at the next start', async () => {
    await using house = await openCloudHouse();
    const { emulator } = house;
    emulator.fate = { stuckAt: 'processing' };
    const job = await house.queue(await house.clip('sea.mp4'));
    await until('the request to be in work', () => emulator.requests[0]?.status === 'processing');
    await house.restart();
    emulator.fate = {};
    outputOf(await untilJob(house.client, job.id, 'succeeded'));
    expect(emulator.journal.of('accept').length).toBeLessThanOrEqual(2);
    expect(emulator.requests).toHaveLength(1);
    expect(emulator.account).toMatchObject({ charged: 1, reserved: 0 });
  });
});

describe('a clip that needs no cloud', () => {
  it('is refused twice at the same time, and when it is as large as it can get', async () => {
    await using house = await openCloudHouse({ settings: { spendPerJob: 0, spendPerDay: 0 } });
    const source = await house.clip('sea.mp4');
    await house.upscale(source);
    expect(await codeOf(() => house.queue(source))).toBe('request.duplicate');
    const large = await house.clip('large.mp4', { width: 4224, height: 128, frames: 2 });
    expect(await codeOf(() => house.queue(large))).toBe('request.large-enough');
    expect(await codeOf(() => house.queue(source, { model: 'chr-2' }))).toBe('model.unknown');
    expect(await codeOf(() => house.queue(source, { model: 'pnat-1', scale: 4 }))).toBe('cloud.limit');
  });

  it('is refused without a key', async () => {
    await using house = await openCloudHouse({ key: () => null });
    expect(await codeOf(async () => house.queue(await house.clip('sea.mp4')))).toBe('cloud.no-key');
    expect(house.emulator.journal.entries).toEqual([]);
  });
});
