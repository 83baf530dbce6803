import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clip } from '../support/clips.ts';
import { Caller } from '../support/topaz/caller.ts';
import { type ContractTarget, isEmulated, mayReserve, openTarget } from '../support/topaz/contract-target.ts';

let target: ContractTarget;
let topaz: Caller;
beforeEach(async () => {
  target = await openTarget({ credits: 10 });
  ({ topaz } = target);
});
afterEach(() => target[Symbol.asyncDispose]());

/** Thirty credits' worth and more. */
const expensive = {
  source: { frameCount: 1800, frameRate: 30 },
  output: { resolution: { width: 3840, height: 2160 } },
};

describe('a request that was only ordered', () => {
  it('is known by its id, and not part of the history', async () => {
    const id = await topaz.create();
    expect(await topaz.status(id)).toMatchObject({ status: 'requested' });
    expect(await topaz.record(id)).toMatchObject({ id, status: 'requested', transactions: [] });
    const { body } = await topaz.call('GET', '/video/history');
    expect((body as { result: { id: string }[] }).result.map((record) => record.id)).not.toContain(id);
  });

  it('can be cancelled, for nothing', async () => {
    const id = await topaz.create();
    expect(await topaz.call('GET', `/video/${id}/cancel-estimate`)).toMatchObject({
      status: 200,
      body: { requestId: id, cancelable: true, creditsToCommit: 0 },
    });
    expect((await topaz.cancel(id)).status).toBe(200);
  });

  it('is not found under another id', async () => {
    expect(await topaz.call('GET', `/video/${randomUUID()}/status`)).toMatchObject({
      status: 404,
      body: { message: 'Not Found', errorCode: 'INVALID_INPUT' },
    });
  });
});

describe('history and balance', () => {
  it('refuse a cursor that is none', async () => {
    expect((await topaz.call('GET', '/video/history?cursor=%20')).status).toBe(400);
  });

  it('count in whole credits', async () => {
    const { body } = await topaz.call('GET', '/account/v1/credits/balance');
    const { available_credits, reserved_credits, total_credits } = body as Record<string, number>;
    expect(total_credits).toBe((available_credits ?? 0) + (reserved_credits ?? 0));
  });
});

describe.runIf(mayReserve)('accepting', () => {
  it('reserves once, however often it is asked, and cancelling before the upload gives all back', async () => {
    const { id, urls } = await topaz.open();
    const again = await topaz.accept(id);
    expect(again).toMatchObject({ status: 202, body: { urls } });
    const { transactions } = await topaz.record(id);
    expect((transactions as { operation: string }[]).map(({ operation }) => operation)).toEqual(['reserve']);
    expect(await topaz.status(id)).toMatchObject({ status: 'accepted', urls });
    expect((await topaz.cancel(id)).status).toBe(200);
    expect((await topaz.cancel(id)).status).toBe(204);
    await topaz.until(id, 'canceled');
  });
});

describe.runIf(isEmulated)('credits', () => {
  it('that are not there leave the order as it was, until there are more', async () => {
    const id = await topaz.create(expensive);
    expect(await topaz.accept(id)).toMatchObject({ status: 402, body: { errorCode: 'INSUFFICIENT_CREDITS' } });
    expect(await topaz.status(id)).toMatchObject({ status: 'requested' });
    target.emulator.account.grant(100);
    expect((await topaz.accept(id)).status).toBe(202);
  });

  it('show on the balance as reserved, then as gone', async () => {
    const balance = async () => (await topaz.call('GET', '/account/v1/credits/balance')).body;
    const id = await topaz.upload(await clip());
    expect(await balance()).toEqual({ available_credits: 9, reserved_credits: 1, total_credits: 10 });
    await topaz.completeUpload(id);
    await topaz.until(id, 'complete');
    expect(await balance()).toEqual({ available_credits: 9, reserved_credits: 0, total_credits: 9 });
  });
});

describe.runIf(isEmulated)('completing an upload', () => {
  it('is refused before the bytes are there, and a second time', async () => {
    const { id } = await topaz.open();
    expect((await topaz.completeUpload(id)).status).toBe(400);
    const uploaded = await topaz.upload(await clip());
    expect((await topaz.completeUpload(uploaded)).status).toBe(202);
    expect((await topaz.completeUpload(uploaded)).status).toBe(400);
  });

  it.each([
    ['uploadResults', {}],
    ['uploadResults', { uploadResults: [] }],
    ['uploadResults[0].partNum', { uploadResults: [{ partNum: 0, eTag: 'a' }] }],
    ['uploadResults[0].eTag', { uploadResults: [{ partNum: 1 }] }],
    ['uploadId', { uploadId: 'a', uploadResults: [{ partNum: 1, eTag: 'a' }] }],
  ])('is refused for %s in %j', async (path, body) => {
    const id = await topaz.upload(await clip());
    const answer = await topaz.call('PATCH', `/video/${id}/complete-upload/`, body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });

  it('is found with and without its last slash', async () => {
    const id = await topaz.upload(await clip());
    const body = { uploadResults: [{ partNum: 1, eTag: 'unused' }] };
    expect((await topaz.call('PATCH', `/video/${id}/complete-upload`, body)).status).toBe(202);
  });
});

describe.runIf(isEmulated)('the end of a request', () => {
  const refunded = () => expect(target.emulator.account).toMatchObject({ available: 10, reserved: 0, charged: 0 });

  it('by any failure gives all credits back', async () => {
    target.emulator.fate = { fail: { at: 'processing', errorCode: 'HARDWARE_FAILURE', message: 'GPU lost' } };
    const id = await topaz.upload(await clip());
    await topaz.completeUpload(id);
    const { last } = await topaz.until(id, 'failed');
    expect(last).toMatchObject({ errorCode: 'HARDWARE_FAILURE', message: 'GPU lost' });
    expect(await topaz.record(id)).toMatchObject({ error: { errorCode: 'HARDWARE_FAILURE' } });
    refunded();
  });

  it('by a clip that is not what was said', async () => {
    const id = await topaz.upload(await clip(), { source: { frameCount: 100, duration: 4 } });
    await topaz.completeUpload(id);
    expect((await topaz.until(id, 'failed')).last).toMatchObject({ errorCode: 'CREDIT_DIFFERENCE' });
    refunded();
  });

  it('by bytes that are not those of the checksum', async () => {
    const id = await topaz.upload(await clip());
    await topaz.completeUpload(id, ['unused'], { md5Hash: '0'.repeat(32) });
    expect((await topaz.until(id, 'failed')).last).toMatchObject({ errorCode: 'INVALID_INPUT' });
    refunded();
  });

  it('by cancelling half way takes half and a tenth of that', async () => {
    await using slow = await openTarget({ credits: 10, pace: { by: 'hand' } });
    const id = await slow.topaz.upload(await clip(), { filters: [{ model: 'ast-2', creativity: 0.5 }] });
    await slow.topaz.completeUpload(id);
    for (let i = 0; i < 4; i++) await slow.emulator.tick();
    expect(await slow.topaz.status(id)).toMatchObject({ status: 'processing', progress: 50 });
    const { body } = await slow.topaz.call('GET', `/video/${id}/cancel-estimate`);
    expect(body).toMatchObject({ creditsReserved: 3, creditsToCommit: 2, creditsToRefund: 1 });
    await slow.topaz.cancel(id);
    expect(slow.emulator.account).toMatchObject({ charged: 2, reserved: 0, available: 8 });
    expect(await slow.topaz.status(id)).toMatchObject({ status: 'canceling' });
    await slow.emulator.tick();
    expect(await slow.topaz.status(id)).toMatchObject({ status: 'canceled' });
  });

  it('takes neither an accept nor a cancel any more', async () => {
    const { id } = await topaz.finish(await clip());
    expect((await topaz.accept(id)).status).toBe(400);
    expect((await topaz.cancel(id)).status).toBe(400);
    expect((await topaz.call('GET', `/video/${id}/cancel-estimate`)).status).toBe(400);
  });

  it('leaves a record of what was made and what it took', async () => {
    const { id } = await topaz.finish(await clip());
    expect(await topaz.record(id)).toMatchObject({
      destination: { container: 'mov', frameCount: 25, frameRate: 25, duration: 1 },
      transactions: [
        { operation: 'reserve', amount: 1 },
        { operation: 'commit', amount: 1 },
      ],
    });
    const { body } = await topaz.call('GET', '/video/history');
    expect(body).toMatchObject({ result: [{ id, status: 'complete' }], nextCursor: null });
  });
});

describe.runIf(isEmulated)('others', () => {
  it('with a key of their own see nothing of it', async () => {
    const id = await topaz.create();
    const stranger = new Caller({ url: target.emulator.url, key: target.emulator.strangersKey });
    expect(await stranger.call('GET', `/video/${id}/status`)).toMatchObject({
      status: 403,
      body: { errorCode: 'FORBIDDEN' },
    });
  });

  it('fifty requests fill a page of the history', async () => {
    target.emulator.account.grant(100);
    const ids: string[] = [];
    for (let i = 0; i < 51; i++) ids.push((await topaz.open()).id);
    const first = (await topaz.call('GET', '/video/history')).body as { result: { id: string }[]; nextCursor: string };
    const second = (await topaz.call('GET', `/video/history?cursor=${first.nextCursor}`)).body;
    expect(first.result.map(({ id }) => id)).toEqual(ids.slice(1).toReversed());
    expect(second).toMatchObject({ result: [{ id: ids[0] }], nextCursor: null });
  });

  it('maintenance is announced, and refuses orders', async () => {
    target.emulator.maintenance = 'Cloud rendering is temporarily disabled for maintenance';
    expect(await topaz.call('GET', '/video/status')).toMatchObject({ status: 200, body: { isAvailable: false } });
    expect(await topaz.order()).toMatchObject({ status: 503, body: { errorCode: 'SERVER_MAINTENANCE' } });
  });
});
