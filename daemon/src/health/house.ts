import { type KeyState, type Pairing, PORTS, type Settings } from '@uprez/shared';
import { type Check, ok, warn } from './checks.ts';

/** A client that is connected now. */
export interface ConnectedClient {
  name: string;
  /** Null where it does not say so. */
  version: string | null;
}

/** What a running daemon knows of itself. */
export interface HouseState {
  version: string;
  port: number;
  settings: Settings;
  pairings: readonly Pairing[];
  clients: readonly ConnectedClient[];
  keys: readonly KeyState[];
  hasKeychain: boolean;
  database: { sound: boolean; jobs: number; file: string };
}

export function checkHouse(state: HouseState): Check[] {
  return [
    checkDatabase(state),
    checkPort(state),
    ...state.keys.map((key) => checkKey(key, state.hasKeychain)),
    checkPairings(state),
    ...checkClients(state),
  ];
}

function checkDatabase({ database: { sound, jobs, file } }: HouseState): Check {
  if (sound) return ok('database', `sound, ${jobs} ${jobs === 1 ? 'job' : 'jobs'}, ${file}`);
  return {
    name: 'database',
    status: 'error',
    detail: `${file} is damaged.`,
    next: 'Stop Uprez and start it again: it takes its last whole backup then.',
  };
}

function checkPort({ port }: HouseState): Check {
  const detail = `127.0.0.1:${port}`;
  if (PORTS.some((each) => each === port)) return ok('port', detail);
  return warn('port', `${detail}, which panels don't look at`, `Take one of ${PORTS.join(', ')} for --port, or none.`);
}

function checkKey({ backend, place }: KeyState, hasKeychain: boolean): Check {
  const name = `key for ${backend}`;
  if (place === 'keychain') return ok(name, 'in the keychain');
  if (place === 'file') return ok(name, 'in a file that only you can read, since there is no keychain here');
  const would = hasKeychain ? 'the keychain' : 'a file that only you can read (there is no keychain here)';
  return ok(name, `none; it would be kept in ${would}`);
}

function checkPairings({ pairings }: HouseState): Check {
  if (pairings.length === 0) return ok('paired panels', 'none; panels on this computer need no code');
  const seen = pairings.map(({ name, lastSeenAt }) => `${name} (${seenText(lastSeenAt)})`);
  return ok('paired panels', seen.join(', '));
}

function seenText(at: number | null): string {
  return at === null ? 'not seen since' : `seen ${new Date(at).toISOString().slice(0, 10)}`;
}

/** Same protocol, so they work together; but somebody updated one side only. */
function checkClients({ clients, version }: HouseState): Check[] {
  return clients.map(({ name, version: own }) => {
    const detail = own === null ? 'connected' : `connected, version ${own}`;
    if (own === null || own === version) return ok(name, detail);
    return warn(name, `${detail}; the daemon is ${version}`, 'Update the older one.');
  });
}
