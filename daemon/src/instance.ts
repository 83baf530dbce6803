import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { AppError, PROTOCOL } from '@uprez/shared';
import Database from 'better-sqlite3';
import { z } from 'zod';
import type { Paths } from './paths.ts';

/** How a client of the same user finds the daemon and proves itself. */
export const Endpoint = z.object({
  port: z.int().positive(),
  pid: z.int().positive(),
  instance: z.string(),
  protocol: z.int(),
  /** false: belongs to a command and ends with it. */
  lasting: z.boolean(),
  pairing: z.object({ id: z.literal('local'), secret: z.string().regex(/^[0-9a-f]{64}$/) }),
});
export type Endpoint = z.infer<typeof Endpoint>;

export interface Instance extends Disposable {
  /** Identity of this run of the daemon. */
  readonly id: string;
  /** Proves clients that can read the endpoint file; new with every start. */
  readonly secret: string;
  /** How clients reach and trust a daemon that listens there. */
  endpoint(port: number, lasting?: boolean): Endpoint;
  /** Tells clients. */
  publish(endpoint: Endpoint): void;
}

/**
 * Makes this process the only daemon on these folders. The lock is SQLite's exclusive file lock, which the operating
 * system releases when the process ends, however it ends. Throws `daemon.already-running`.
 */
export function claimInstance(paths: Pick<Paths, 'lockFile' | 'endpointFile'>): Instance {
  const lock = lockOrThrow(paths);
  const id = randomUUID();
  const secret = randomBytes(32).toString('hex');
  return {
    id,
    secret,
    endpoint: (port, lasting = true) => ({
      port,
      pid: process.pid,
      instance: id,
      protocol: PROTOCOL,
      lasting,
      pairing: { id: 'local', secret },
    }),
    publish: (endpoint) => writeBeside(paths.endpointFile, endpoint),
    [Symbol.dispose]() {
      if (readEndpoint(paths.endpointFile)?.instance === id) rmSync(paths.endpointFile, { force: true });
      held.delete(lock);
      lock.close();
    },
  };
}

/** The endpoint file's content, or undefined where there is none. It is a claim: only the proof shows that it is true. */
export function readEndpoint(path: string): Endpoint | undefined {
  try {
    return Endpoint.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Locks of this process. A handle that nobody refers to is collected, and lets go of its lock while the daemon still runs. */
const held = new Set<Database.Database>();

function lockOrThrow(paths: Pick<Paths, 'lockFile' | 'endpointFile'>): Database.Database {
  closeSync(openSync(paths.lockFile, 'a', 0o600));
  // Two starts at the same moment can each see the other's first step; one second lets either of them finish.
  const lock = new Database(paths.lockFile, { timeout: 1000 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    held.add(lock);
    return lock;
  } catch (cause) {
    lock.close();
    if (!(cause instanceof Database.SqliteError) || !cause.code.startsWith('SQLITE_BUSY')) throw cause;
    throw new AppError('daemon.already-running', { pid: readEndpoint(paths.endpointFile)?.pid ?? '?' }, { cause });
  }
}

function writeBeside(path: string, endpoint: Endpoint): void {
  const partial = `${path}.partial`;
  rmSync(partial, { force: true });
  const descriptor = openSync(partial, 'wx', 0o600);
  try {
    writeFileSync(descriptor, JSON.stringify(endpoint));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  chmodSync(partial, 0o600);
  renameSync(partial, path);
}
