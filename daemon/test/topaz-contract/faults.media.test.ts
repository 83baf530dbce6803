import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Caller, orderOf } from '../support/topaz/caller.ts';
import { startTopazEmulator, type TopazEmulator } from '../support/topaz/emulator.ts';
import { trouble } from '../support/topaz/faults.ts';

let emulator: TopazEmulator;
let topaz: Caller;
beforeEach(async () => {
  emulator = await startTopazEmulator({ credits: 100 });
  topaz = new Caller(emulator);
});
afterEach(() => emulator[Symbol.asyncDispose]());

const create = () => topaz.call('POST', '/video/', orderOf());

describe('troubles', () => {
  it('meet the next request of their step only', async () => {
    emulator.faults.add('create', trouble.serverError());
    expect((await topaz.call('GET', '/video/status')).status).toBe(200);
    expect((await create()).status).toBe(500);
    expect((await create()).status).toBe(200);
  });

  it('come before or after the effect', async () => {
    const id = await topaz.create();
    emulator.faults.add('accept', trouble.dropBefore());
    emulator.faults.add('accept', trouble.dropAfter());
    const accept = () => topaz.call('PATCH', `/video/${id}/accept`);
    await expect(accept()).rejects.toThrow(/hang up|ECONNRESET/);
    expect(emulator.account.reserved).toBe(0);
    await expect(accept()).rejects.toThrow(/hang up|ECONNRESET/);
    expect(emulator.account.reserved).toBe(1);
    expect((await accept()).status).toBe(202);
    expect(emulator.account.reserved).toBe(1);
  });
});
