import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openKeyStore } from '../../src/key-store.ts';
import { startTestDaemon } from '../support/daemon.ts';
import { codeOf } from '../support/errors.ts';
import { brokenKeychain } from '../support/keychains.ts';
import { ScriptedBackend } from '../support/scripted-backend.ts';
import { tempDir } from '../support/temp-dir.ts';

const KEY = '0f4c6f3e-secret-key';

/** A backend that has an account; it knows whether there is a key, as every client may. */
class PaidBackend extends ScriptedBackend {
  readonly account = () => Promise.resolve({ backend: 'topaz' as const, availableCredits: 7, reservedCredits: 2 });
}

describe('the calls for API keys', () => {
  it('set, test and remove a key, and never give it away', async () => {
    using folder = tempDir();
    const keys = openKeyStore(folder.file('keys.json'), brokenKeychain());
    await using daemon = await startTestDaemon({
      backends: [new ScriptedBackend(), new PaidBackend({ id: 'topaz' })],
      dataDir: folder.path,
      keys,
    });
    const client = await daemon.connect();
    expect(await client.call('listKeys', {})).toEqual([{ backend: 'topaz', place: null }]);
    expect(await client.call('setKey', { backend: 'topaz', apiKey: ` ${KEY}\n` })).toEqual({
      backend: 'topaz',
      place: 'file',
    });
    expect(await keys.read('topaz')).toBe(KEY);
    expect(await client.call('listKeys', {})).toEqual([{ backend: 'topaz', place: 'file' }]);
    expect(await client.call('testKey', { backend: 'topaz' })).toMatchObject({ availableCredits: 7 });
    expect(await client.call('removeKey', { backend: 'topaz' })).toEqual({ backend: 'topaz', place: null });
    for (const file of ['uprez.db', 'uprez.db-wal', 'log/uprez.log'])
      expect(readFileSync(folder.file(file)).includes(KEY)).toBe(false);
  });

  it('refuse what is no key, and keys for backends that take none', async () => {
    await using daemon = await startTestDaemon({ backends: [new ScriptedBackend()] });
    const client = await daemon.connect();
    expect(await codeOf(() => client.call('setKey', { backend: 'topaz', apiKey: 'a b' }))).toBe('request.invalid');
    expect(await codeOf(() => client.call('setKey', { backend: 'local', apiKey: KEY }))).toBe('request.invalid');
    expect(await codeOf(() => client.call('testKey', { backend: 'local' }))).toBe('request.invalid');
  });
});
