import { useSyncExternalStore } from 'react';
import type { Readable } from '../host/host.ts';

/** The value of something that changes, kept current. */
export function useReadable<T>(readable: Readable<T>): T {
  return useSyncExternalStore(readable.subscribe, readable.get);
}
