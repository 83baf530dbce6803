import { useSyncExternalStore } from 'react';
import type { DaemonLink, DaemonState } from './daemon-link.ts';

/** The state of the connection, kept current. */
export function useDaemon(link: DaemonLink): DaemonState {
  return useSyncExternalStore(link.subscribe, link.state);
}
