import { describe, expect, it } from 'vitest';
import { openCloudHouse, outputOf } from '../../support/cloud.ts';

const asking = { settings: { spendPerJob: 0, spendPerDay: 0 } };

describe('the price of a cloud job', () => {
  it('is shown before anything is charged, and charged once it is approved', async () => {
    await using house = await openCloudHouse(asking);
    const { emulator } = house;
    const waiting = await house.upscale(await house.clip('sea.mp4'));
    expect(waiting).toMatchObject({ state: 'awaiting-approval', approvedCredits: null });
    const [request] = emulator.requests;
    expect(waiting.estimate).toMatchObject({ basis: 'quoted', credits: request?.quote.cost[0] });
    expect(waiting.estimate.seconds).toBeGreaterThan(0);
    expect(emulator.journal.of('accept')).toEqual([]);
    const done = await house.approve(waiting.id);
    outputOf(done);
    expect(done.approvedCredits).toBe(request?.quote.cost[0]);
    expect(emulator.requests).toHaveLength(1);
    expect(emulator.account.charged).toBe(request?.quote.cost[0]);
  });

  it('is asked about again after a restart, not taken as agreed on', async () => {
    await using house = await openCloudHouse(asking);
    const waiting = await house.upscale(await house.clip('sea.mp4'));
    await house.restart();
    expect(house.daemon.queue.get(waiting.id).state).toBe('awaiting-approval');
    expect(house.emulator.journal.of('accept')).toEqual([]);
    outputOf(await house.approve(waiting.id));
    expect(house.emulator.requests).toHaveLength(1);
  });

  it('is not asked about below both ceilings, and is above the one of the day', async () => {
    await using house = await openCloudHouse({ settings: { spendPerJob: 5, spendPerDay: 1 } });
    outputOf(await house.upscale(await house.clip('one.mp4')));
    expect(house.emulator.account.charged).toBe(1);
    const second = await house.upscale(await house.clip('two.mp4', { frames: 26 }));
    expect(second.state).toBe('awaiting-approval');
    await house.client.call('removeJob', { id: house.client.view.jobs[0]!.id });
    await house.restart();
    const third = await house.upscale(await house.clip('three.mp4', { frames: 27 }));
    expect(third.state).toBe('awaiting-approval');
    expect(house.emulator.account.charged).toBe(1);
  });

  it('has to be agreed to once more where a retry would cost more than was agreed', async () => {
    await using house = await openCloudHouse(asking);
    house.emulator.fate = { result: { frames: -3 } };
    const waiting = await house.upscale(await house.clip('sea.mp4'));
    const failed = await house.approve(waiting.id);
    expect(failed.error).toMatchObject({ code: 'cloud.result-wrong' });
    expect(failed.chargedCredits).toBe(house.emulator.account.charged);
    house.emulator.fate = {};
    const again = await house.retry(waiting.id);
    expect(again).toMatchObject({ state: 'awaiting-approval' });
    outputOf(await house.approve(waiting.id));
    expect(house.emulator.account.charged).toBe(2);
  });

  it('does not have to be where the service gave the credits back', async () => {
    await using house = await openCloudHouse(asking);
    house.emulator.fate = { fail: { at: 'processing', errorCode: 'PROCESSING_FAILURE' } };
    const waiting = await house.upscale(await house.clip('sea.mp4'));
    const failed = await house.approve(waiting.id);
    expect(failed).toMatchObject({ chargedCredits: 0, error: { code: 'cloud.processing-failed' } });
    house.emulator.fate = {};
    outputOf(await house.retry(waiting.id));
    expect(house.emulator.account).toMatchObject({ charged: 1, reserved: 0 });
  });
});
