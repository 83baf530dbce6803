import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clip } from '../support/clips.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type Answer, Caller, orderOf, put } from '../support/topaz/caller.ts';
import { startTopazEmulator, type TopazEmulator } from '../support/topaz/emulator.ts';
import { type Trouble, trouble } from '../support/topaz/faults.ts';

let clock: ManualClock;
let emulator: TopazEmulator;
let topaz: Caller;
beforeEach(async () => {
  clock = new ManualClock();
  emulator = await startTopazEmulator({ clock, credits: 100 });
  topaz = new Caller(emulator);
});
afterEach(() => emulator[Symbol.asyncDispose]());

const models = (): Promise<Answer> => topaz.call('GET', '/video/status');

describe('a trouble', () => {
  it('meets the next request of its step only', async () => {
    emulator.faults.add('create', trouble.serverError());
    expect((await models()).status).toBe(200);
    expect((await topaz.order()).status).toBe(500);
    expect((await topaz.order()).status).toBe(200);
  });

  it('meets as many as wanted, after as many as wanted, or every so-manieth', async () => {
    const statuses = async (count: number) => {
      const found: number[] = [];
      for (let i = 0; i < count; i++) found.push((await models()).status);
      return found;
    };
    emulator.faults.add({ at: 'models', skip: 1, times: 2 }, trouble.serverError());
    expect(await statuses(4)).toEqual([200, 500, 500, 200]);
    emulator.faults.clear();
    emulator.faults.add({ at: 'any', every: 3, times: Infinity }, trouble.rateLimited());
    expect(await statuses(6)).toEqual([200, 200, 429, 200, 200, 429]);
  });

  it('can be meant for one part of one request', async () => {
    const { urls } = await topaz.open({ source: { size: 3 } });
    emulator.faults.add({ at: 'upload', when: ({ part }) => part === 2 }, trouble.serverError());
    expect((await put(urls[0]!, new Uint8Array(3))).status).toBe(200);
  });

  it('comes before or after the effect', async () => {
    const id = await topaz.create();
    emulator.faults.add('accept', trouble.dropBefore());
    emulator.faults.add('accept', trouble.dropAfter());
    await expect(topaz.accept(id)).rejects.toThrow('fetch failed');
    expect(emulator.account.reserved).toBe(0);
    await expect(topaz.accept(id)).rejects.toThrow('fetch failed');
    expect(emulator.account.reserved).toBe(1);
    expect((await topaz.accept(id)).status).toBe(202);
    expect(emulator.account.ledger).toHaveLength(1);
    expect(emulator.journal.of('accept', id).map(({ answered }) => answered)).toEqual([null, null, 202]);
  });
});

describe('answers that go wrong', () => {
  it.each<[string, Trouble, object]>([
    ['too many requests', trouble.rateLimited(), { status: 429 }],
    ['maintenance', trouble.maintenance(), { status: 503, body: { errorCode: 'SERVER_MAINTENANCE' } }],
    ['a page instead of JSON', trouble.badGateway(), { status: 502, body: expect.stringContaining('<html>') }],
    ['no body', trouble.emptyBody(413), { status: 413, body: '' }],
    ['no subscription', trouble.noSubscription(), { status: 412, body: { message: 'No valid subscription exists' } }],
    ['a lost key', trouble.unauthorized(), { status: 401 }],
    ['an unknown state', trouble.fields({ status: 'dreaming', mood: 1 }), { body: { status: 'dreaming', mood: 1 } }],
  ])('%s', async (_, fault, answer) => {
    const id = await topaz.create();
    emulator.faults.add('status', fault);
    expect(await topaz.call('GET', `/video/${id}/status`)).toMatchObject(answer);
  });

  it('say when to come back, where that is wanted', async () => {
    emulator.faults.add('models', trouble.rateLimited(7));
    expect((await models()).headers.get('retry-after')).toBe('7');
  });

  it('lose fields and headers', async () => {
    emulator.faults.add('models', trouble.fields({ supportedModels: undefined }));
    expect((await models()).body).not.toHaveProperty('supportedModels');
    const { urls } = await topaz.open({ source: { size: 3 } });
    emulator.faults.add('upload', trouble.header('etag'));
    expect((await put(urls[0]!, new Uint8Array(3))).headers.get('etag')).toBeNull();
  });

  it('end in the middle of their JSON', async () => {
    emulator.faults.add('models', trouble.brokenJson());
    await expect(models()).rejects.toThrow(SyntaxError);
  });

  it('never come', async () => {
    emulator.faults.add('create', trouble.hang({ after: true }));
    const leave = new AbortController();
    const hanging = fetch(`${emulator.url}/video/`, {
      ...{ method: 'POST', body: JSON.stringify(orderOf()), signal: leave.signal },
      headers: { 'content-type': 'application/json', 'x-api-key': emulator.key },
    });
    while (emulator.requests.length === 0) await models();
    leave.abort(new Error('no patience'));
    await expect(hanging).rejects.toThrow('no patience');
  });
});

describe('transfers that go wrong', () => {
  it('an upload is cut off while it goes', async () => {
    const { id, urls } = await topaz.open({ source: { size: 1_000_000 } });
    emulator.faults.add('upload', trouble.cutRequest(10_000));
    await expect(put(urls[0]!, new Uint8Array(1_000_000))).rejects.toThrow('fetch failed');
    expect((await topaz.status(id))['urls']).toEqual(urls);
  });

  it('a download ends early', async () => {
    const { url } = await topaz.finish(await clip());
    emulator.faults.add('download', trouble.cutReply(5000));
    const response = await fetch(url);
    let bytes = 0;
    const read = async () => {
      for await (const chunk of response.body!) bytes += (chunk as Uint8Array).length;
    };
    await expect(read()).rejects.toThrow('terminated');
    expect(bytes).toBeLessThanOrEqual(5000);
  });

  it('a download pauses until the test lets it go on', async () => {
    const { url } = await topaz.finish(await clip());
    let goOn = (): void => undefined;
    emulator.faults.add('download', trouble.stall(1000, new Promise((resolve) => (goOn = resolve))));
    const reader = (await fetch(url)).body!.getReader();
    let bytes = 0;
    while (bytes < 1000) bytes += (await reader.read()).value!.length;
    expect(bytes).toBe(1000);
    goOn();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) bytes += chunk.value.length;
    expect(bytes).toBe(emulator.requests[0]!.result!.size);
  });

  it('an answer drips as the clock goes', async () => {
    emulator.faults.add('models', trouble.drip(100, 1000));
    const state = { done: false };
    const slow = models().finally(() => (state.done = true));
    let seconds = 0;
    for (; !state.done; seconds++) {
      // Each round trip lets the other connection have its turn.
      await topaz.create();
      clock.advance(1000);
    }
    expect((await slow).body).toMatchObject({ isAvailable: true });
    expect(seconds).toBeGreaterThan(3);
  });
});
