import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomUUID } from 'node:crypto';
import type { DaemonClient, Job, NewTask } from '@uprez/shared';
import { connectLocal } from './clients.ts';
import { type TempDir, tempDir } from './temp-dir.ts';
import { ffmpegPath } from './tools.ts';
import { oneWay } from './uprez.ts';

/** The bundle that users run; the test set-up builds it. */
export const program = fileURLToPath(new URL('../../dist/uprez.mjs', import.meta.url));

/** A folder in which one daemon and its clips, results and data live. */
export interface House extends AsyncDisposable {
  readonly path: string;
  file(...names: string[]): string;
  /** Starts a daemon that survives the test's own process by no means. */
  daemon(wrapper?: readonly string[]): Promise<UprezDaemon>;
  /** Runs one command line to its end. */
  run(...args: readonly string[]): Promise<Ended>;
  /** Starts one command line. */
  start(...args: readonly string[]): Started;
  /** Names of the files beside the database. */
  files(): string[];
}

export interface UprezDaemon {
  readonly pid: number;
  readonly client: DaemonClient;
  connect(name?: string): Promise<DaemonClient>;
  /** Resolves to exit code or signal. */
  readonly ended: Promise<number | string>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to stop and waits. */
  stop(): Promise<void>;
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said so far. */
  said(): string;
}

/** An empty house; everything in it ends and goes when it is disposed. */
export function openHouse(): House {
  const folder = tempDir();
  const started = new Set<ChildProcess>();
  const launch = (command: readonly string[]): ChildProcess => {
    const child = spawnIn(folder, command);
    started.add(child);
    child.once('exit', () => started.delete(child));
    return child;
  };
  return {
    path: folder.path,
    file: folder.file,
    daemon: (wrapper = []) => awaitDaemon(launch([...wrapper, process.execPath, program, 'serve']), folder),
    start: (...args) => follow(launch([process.execPath, program, ...args])),
    run: (...args) => follow(launch([process.execPath, program, ...args])).ended,
    files: () => readdirSync(folder.path).filter((name) => name !== 'data'),
    async [Symbol.asyncDispose]() {
      for (const child of started) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      folder[Symbol.dispose]();
    },
  };
}

/** Queues one task and resolves to its job. */
export async function queueTask(client: DaemonClient, task: NewTask): Promise<Job> {
  const [job] = await client.call('addJobs', { jobs: [{ task, requestId: randomUUID() }] });
  if (!job) throw new Error('no job came back');
  return job;
}

/** A small environment: nothing of the machine's own settings takes part. */
function spawnIn(folder: TempDir, [command = '', ...args]: readonly string[]): ChildProcess {
  const env = {
    PATH: process.env['PATH'],
    // Nobody's own: what is to start with the session is written there.
    HOME: folder.file('data', 'home'),
    UPREZ_DATA_DIR: folder.file('data'),
    UPREZ_PORT: '0',
    ...oneWay,
    ...(ffmpegPath === 'ffmpeg' ? {} : { UPREZ_FFMPEG_PATH: ffmpegPath }),
  };
  return spawn(command, args, { cwd: folder.path, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** It prints the dashboard's link when it is ready. */
async function awaitDaemon(child: ChildProcess, folder: TempDir): Promise<UprezDaemon> {
  const { ended: end, said } = follow(child);
  const ended = new Promise<number | string>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal ?? '')),
  );
  const ready = new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
  const failed = end.then(() => Promise.reject(new Error(`the daemon did not come up: ${said()}`)));
  failed.catch(() => undefined);
  await Promise.race([ready, failed]);
  const endpoint = endpointOf(child, folder);
  const client = await connectLocal(endpoint);
  return {
    pid: child.pid ?? -1,
    client,
    connect: (name) => connectLocal(endpoint, name),
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** As the daemon itself sees it: its data may lie on a disk that only it has. */
function endpointOf({ pid }: ChildProcess, folder: TempDir): string {
  const path = join(folder.file('data'), 'endpoint.json');
  return process.platform === 'linux' ? join('/proc', String(pid), 'root', path) : path;
}

function follow(child: ChildProcess): Started {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended, said: () => stdout + stderr };
}
