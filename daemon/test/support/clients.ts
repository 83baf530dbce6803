import { randomBytes } from 'node:crypto';
import {
  type Credentials,
  DaemonClient,
  isSettled,
  type Job,
  type JobState,
  type Socket,
  type View,
} from '@uprez/shared';
import { WebSocket } from 'ws';
import { readEndpoint } from '../../src/instance.ts';

export const randomHex = (): string => randomBytes(32).toString('hex');

/** A real socket in the shape the client takes. */
export function openSocket(port: number, headers: Record<string, string> = {}): Socket {
  return new WebSocket(`ws://127.0.0.1:${port}/`, { headers }) as unknown as Socket;
}

/** Connects as the daemon's own user does: by the endpoint file. */
export async function connectLocal(endpointFile: string, name = 'test'): Promise<DaemonClient> {
  const endpoint = readEndpoint(endpointFile);
  if (!endpoint) throw new Error(`no endpoint file ${endpointFile}`);
  const credentials: Credentials = { kind: 'pairing', ...endpoint.pairing };
  return connectAs(endpoint.port, credentials, name);
}

export function connectAs(port: number, credentials: Credentials, name = 'test'): Promise<DaemonClient> {
  return DaemonClient.connect({ socket: openSocket(port), port, credentials, name, nonce: randomHex() });
}

/** Waits until a client's view fulfils a condition; at once where it does already. */
export function untilView<T>(client: DaemonClient, find: (view: View) => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    let stop = (): void => {};
    let done = false;
    stop = client.subscribe((view) => {
      const found = find(view);
      if (found === undefined || done) return;
      done = true;
      stop();
      resolve(found);
    });
    if (done) stop();
    void client.closed.then(() => reject(new Error('the connection ended first')));
  });
}

/** Waits until a job is in a state; at once where it is already. */
export function untilJob(client: DaemonClient, id: string, state: JobState): Promise<Job> {
  return untilView(client, (view) => view.jobs.find((job) => job.id === id && job.state === state));
}

/** Waits until a job has ended, whatever came of it. */
export function untilEnded(client: DaemonClient, id: string): Promise<Job> {
  return untilView(client, (view) => view.jobs.find((job) => job.id === id && isSettled(job.state)));
}
