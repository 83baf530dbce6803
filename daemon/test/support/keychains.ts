import type { Keychain } from '../../src/key-store.ts';

/** A keychain of the test's own: the system's belongs to whoever runs the tests. */
export function memoryKeychain(): Keychain {
  const keys = new Map<string, string>();
  return {
    get: (name) => Promise.resolve(keys.get(name) ?? null),
    set: (name, key) => Promise.resolve(void keys.set(name, key)),
    delete: (name) => Promise.resolve(void keys.delete(name)),
  };
}

/** As on a server without a desktop. */
export function brokenKeychain(): Keychain {
  const refuse = (): Promise<never> => Promise.reject(new Error('no platform storage'));
  return { get: refuse, set: refuse, delete: refuse };
}
