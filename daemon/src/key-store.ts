import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { AppError } from '@uprez/shared';
import { AsyncEntry } from '@napi-rs/keyring';

/** Where a key lies: the keychain of the operating system, or a file that only its owner can read. */
export type KeyPlace = 'keychain' | 'file';

/** API keys by the name of the backend that uses them. Nothing but the backend itself ever reads one. */
export interface KeyStore {
  /** Is there a keychain that answers? */
  hasKeychain(): Promise<boolean>;
  read(name: string): Promise<string | null>;
  /** Where the key lies; null where there is none. */
  place(name: string): Promise<KeyPlace | null>;
  /** Resolves to where it was put. Throws `cloud.key-store`. */
  write(name: string, key: string): Promise<KeyPlace>;
  remove(name: string): Promise<void>;
}

/** The part of a keychain that is used; each call rejects where there is no keychain. */
export interface Keychain {
  get(name: string): Promise<string | null>;
  set(name: string, key: string): Promise<void>;
  delete(name: string): Promise<void>;
}

const SERVICE_NAME = 'Uprez';
/** A locked keychain may wait for somebody who is not there. */
const PATIENCE_MS = 60_000;

/** Keychain of macOS, Credential Manager of Windows, Secret Service of Linux desktops. */
export const systemKeychain: Keychain = {
  get: async (name) => (await entry(name).getPassword(patience())) ?? null,
  set: (name, key) => entry(name).setPassword(key, patience()),
  delete: async (name) => void (await entry(name).deleteCredential(patience())),
};

/**
 * Keys in the keychain, and in a file readable by its owner alone where no keychain is to be had: on servers, in
 * containers. A key is kept in one of both places only.
 */
export function openKeyStore(file: string, keychain: Keychain = systemKeychain): KeyStore {
  const inKeychain = (name: string): Promise<string | null> => keychain.get(name).catch(() => null);
  return {
    hasKeychain: () =>
      keychain.get('doctor').then(
        () => true,
        () => false,
      ),
    // The keychain first: a key of the file may be older.
    read: async (name) => (await inKeychain(name)) ?? readKeys(file)[name] ?? null,
    async place(name) {
      if ((await inKeychain(name)) !== null) return 'keychain';
      return readKeys(file)[name] === undefined ? null : 'file';
    },
    async write(name, key) {
      const { [name]: _, ...others } = readKeys(file);
      try {
        await keychain.set(name, key);
      } catch {
        writeKeys(file, { ...others, [name]: key });
        return 'file';
      }
      writeKeys(file, others);
      return 'keychain';
    },
    async remove(name) {
      const { [name]: _, ...others } = readKeys(file);
      writeKeys(file, others);
      if ((await inKeychain(name)) === null) return;
      await keychain.delete(name).catch((cause: unknown) => {
        throw new AppError('cloud.key-store', { why: 'the keychain does not let it go' }, { cause });
      });
    },
  };
}

function entry(name: string): AsyncEntry {
  return new AsyncEntry(SERVICE_NAME, name);
}

function patience(): AbortSignal {
  return AbortSignal.timeout(PATIENCE_MS);
}

function readKeys(file: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}

/** Exchanged whole, so that a crash leaves the old keys or the new ones. */
function writeKeys(file: string, keys: Readonly<Record<string, string>>): void {
  if (Object.keys(keys).length === 0) return rmSync(file, { force: true });
  const draft = `${file}.partial`;
  try {
    rmSync(draft, { force: true });
    const descriptor = openSync(draft, 'wx', 0o600);
    writeSync(descriptor, JSON.stringify(keys));
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(draft, file);
  } catch (cause) {
    throw new AppError('cloud.key-store', { why: 'the data folder can’t be written' }, { cause });
  }
}
