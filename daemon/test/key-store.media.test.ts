import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openKeyStore } from '../src/key-store.ts';
import { brokenKeychain, memoryKeychain } from './support/keychains.ts';
import { tempDir } from './support/temp-dir.ts';

describe('API keys', () => {
  it('lie in the keychain and nowhere else where there is one', async () => {
    using folder = tempDir();
    const keys = openKeyStore(folder.file('keys.json'), memoryKeychain());
    expect(await keys.place('topaz')).toBeNull();
    expect(await keys.write('topaz', 'key-1')).toBe('keychain');
    expect(await keys.read('topaz')).toBe('key-1');
    expect(await keys.place('topaz')).toBe('keychain');
    expect(existsSync(folder.file('keys.json'))).toBe(false);
  });

  it('lie in a file of their owner’s alone where there is no keychain, and say so', async () => {
    using folder = tempDir();
    const keys = openKeyStore(folder.file('keys.json'), brokenKeychain());
    expect(await keys.write('topaz', 'key-1')).toBe('file');
    expect(await keys.place('topaz')).toBe('file');
    expect(statSync(folder.file('keys.json')).mode & 0o777).toBe(0o600);
    expect(await openKeyStore(folder.file('keys.json'), brokenKeychain()).read('topaz')).toBe('key-1');
  });

  it('leave the file when a keychain has come', async () => {
    using folder = tempDir();
    await openKeyStore(folder.file('keys.json'), brokenKeychain()).write('topaz', 'old');
    const keys = openKeyStore(folder.file('keys.json'), memoryKeychain());
    expect(await keys.read('topaz')).toBe('old');
    await keys.write('topaz', 'new');
    expect(await keys.read('topaz')).toBe('new');
    expect(existsSync(folder.file('keys.json'))).toBe(false);
  });

  it.each([
    ['keychain', memoryKeychain],
    ['file', brokenKeychain],
  ] as const)(
    'are gone from the %s when they are removed, and removing twice is no error',
    async (_place, keychain) => {
      using folder = tempDir();
      const keys = openKeyStore(folder.file('keys.json'), keychain());
      await keys.write('topaz', 'key-1');
      await keys.write('other', 'key-2');
      await keys.remove('topaz');
      await keys.remove('topaz');
      expect(await keys.read('topaz')).toBeNull();
      expect(await keys.read('other')).toBe('key-2');
      if (existsSync(folder.file('keys.json')))
        expect(readFileSync(folder.file('keys.json'), 'utf8')).not.toContain('key-1');
    },
  );
});
