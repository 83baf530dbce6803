import { describe, expect, it } from 'vitest';
import { openCloudHouse, outputOf } from '../../support/cloud.ts';
import { type Trouble, trouble } from '../../support/topaz/faults.ts';
import type { Step } from '../../support/topaz/journal.ts';

const calls: readonly Step[] = ['create', 'accept', 'complete-upload', 'status', 'record', 'delete-media'];
const storage: readonly Step[] = ['upload', 'download'];

/** Troubles that pass: each meets every step once. */
const passing: Record<string, { steps: readonly Step[]; make: () => Trouble }> = {
  'too many requests': { steps: [...calls, ...storage], make: () => trouble.rateLimited() },
  'too many requests, with a pause': { steps: calls, make: () => trouble.rateLimited(3) },
  maintenance: { steps: [...calls, ...storage], make: trouble.maintenance },
  'an error of the service': { steps: [...calls, ...storage], make: () => trouble.serverError() },
  'an error after it was done': { steps: [...calls, ...storage], make: () => trouble.serverError({ after: true }) },
  'a page of HTML': { steps: [...calls, ...storage], make: () => trouble.badGateway() },
  'a page of HTML after it was done': { steps: calls, make: () => trouble.badGateway({ after: true }) },
  'a connection that ends before': { steps: [...calls, ...storage], make: trouble.dropBefore },
  'a connection that ends after it was done': { steps: [...calls, ...storage], make: trouble.dropAfter },
  'an empty answer of success': { steps: ['create', 'accept', 'status', 'record'], make: () => trouble.emptyBody(200) },
  'half a reply': { steps: ['create', 'accept', 'status', 'record', 'download'], make: () => trouble.cutReply(20) },
  'broken JSON': { steps: ['create', 'accept', 'status', 'record'], make: () => trouble.brokenJson() },
  'half a request': { steps: ['upload'], make: () => trouble.cutRequest(5000) },
  'no ETag': { steps: ['upload'], make: () => trouble.header('etag') },
  'an expired link': { steps: storage, make: () => trouble.storage(403, 'AccessDenied') },
  'states nobody knows, and further fields': {
    steps: ['status'],
    make: () => trouble.fields({ status: 'warming-up', progress: 'none', extra: { deep: [1] } }),
  },
};

describe('trouble that passes', () => {
  it.each(Object.entries(passing))('does no harm: %s at every step', async (_what, { steps, make }) => {
    await using house = await openCloudHouse();
    const { emulator } = house;
    for (const at of steps) emulator.faults.add(at, make());
    outputOf(await house.upscale(await house.clip('sea.mp4', { frames: 30 })));
    const paid = emulator.requests.filter(({ upload }) => upload !== undefined);
    expect(paid).toHaveLength(1);
    expect(emulator.account).toMatchObject({ charged: paid[0]?.quote.cost[0], reserved: 0 });
  });
});

/** Answers that end a job, by what the user is told. */
const lasting: readonly [string, Step, () => Trouble, string][] = [
  ['a key that is not accepted', 'create', trouble.unauthorized, 'cloud.key-refused'],
  ['a key that is not accepted any more', 'status', trouble.unauthorized, 'cloud.key-refused'],
  ['no credits', 'accept', trouble.insufficientCredits, 'cloud.credits'],
  ['no subscription', 'accept', trouble.noSubscription, 'cloud.subscription'],
  ['a body that is too long', 'create', () => trouble.emptyBody(413), 'cloud.refused'],
  ['a refusal without a word', 'create', () => trouble.emptyBody(400), 'cloud.refused'],
  ['somebody else’s request', 'record', () => trouble.emptyBody(403), 'cloud.forbidden'],
  ['maintenance that lasts', 'create', trouble.maintenance, 'cloud.maintenance'],
];

describe('trouble that ends a job', () => {
  it.each(lasting)('says so and can be retried without paying twice: %s', async (_what, at, make, code) => {
    await using house = await openCloudHouse();
    const { emulator } = house;
    emulator.faults.add({ at, times: 5 }, make());
    const failed = await house.upscale(await house.clip('sea.mp4', { frames: 10 }));
    expect(failed.error?.code).toBe(code);
    emulator.faults.clear();
    outputOf(await house.retry(failed.id));
    expect(emulator.requests.filter(({ upload }) => upload !== undefined)).toHaveLength(1);
    expect(emulator.account).toMatchObject({ charged: 1, reserved: 0 });
  });
});

const failures = [
  ['CREDIT_DIFFERENCE', 'cloud.quote-changed'],
  ['TIMEOUT_UPLOAD_SOURCE', 'cloud.upload-late'],
  ['TIMEOUT_QUEUE', 'cloud.queue-late'],
  ['TIMEOUT_PROCESSING', 'cloud.processing-late'],
  ['PROCESSING_FAILURE', 'cloud.processing-failed'],
  ['HARDWARE_FAILURE', 'cloud.processing-failed'],
  ['SERVER_ERROR', 'cloud.unavailable'],
  ['INVALID_INPUT', 'cloud.refused'],
  ['A_CODE_OF_TOMORROW', 'cloud.processing-failed'],
] as const;

describe('a request that fails at the service', () => {
  it('costs nothing, says why, and a retry makes a new one', async () => {
    await using house = await openCloudHouse();
    const { emulator } = house;
    for (const [errorCode, code] of failures) {
      emulator.fate = { fail: { at: 'preprocessing', errorCode } };
      const failed = await house.upscale(await house.clip(`${errorCode}.mp4`, { frames: 5 }));
      expect([errorCode, failed.error?.code, failed.chargedCredits]).toEqual([errorCode, code, 0]);
    }
    emulator.fate = {};
    const last = house.client.view.jobs.at(-1)!;
    outputOf(await house.retry(last.id));
    expect(emulator.account).toMatchObject({ charged: 1, reserved: 0 });
  });
});
