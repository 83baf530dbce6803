import { spawn } from 'node:child_process';
import { AppError, fromWire } from '@uprez/shared';
import { type Patience, watchForStall } from './stall.ts';
import type { EngineResult, EngineTask, FromEngine, ToEngine } from '../../engine/plan.ts';

export interface EngineProcessOptions {
  /** The bundled engine. */
  script: string;
  /** Variables that drivers look for, besides those that every engine gets. */
  drivers?: Readonly<Record<string, string>>;
  /** Told of every engine, so that none outlives the daemon. */
  ledger?: { record(jobId: null, pid: number): void; forget(pid: number): void };
  /** How long it may do nothing. */
  patience?: Patience;
}

export interface EngineOptions extends EngineProcessOptions {
  signal: AbortSignal;
  onMessage: (message: FromEngine) => void;
  /** Called with the process group's number before anything runs in it, and when it is gone. */
  started: (pid: number) => void;
  ended: (pid: number) => void;
}

/** Kept of what a dying engine says. */
const STDERR_KEPT = 8 * 1024;

/**
 * How glibc (2.35 and later; others ignore it) is to treat buffers as large as frames: in large pages, and kept for the
 * next frame instead of being given back to the system and zeroed again. Saves a tenth of a job's time.
 */
const allocator = [
  'glibc.malloc.hugetlb=1',
  'glibc.malloc.mmap_threshold=33554432',
  'glibc.malloc.trim_threshold=536870912',
].join(':');

/**
 * All that processes with a model get to see of the environment. onnxruntime reports its use to its maker unless told not
 * to: clips are nobody else's business. Windows programs don't start without SystemRoot.
 */
export const engineEnvironment: NodeJS.ProcessEnv = {
  ORT_DISABLE_TELEMETRY: '1',
  GLIBC_TUNABLES: allocator,
  ...(process.platform === 'win32' ? { SystemRoot: 'C:\\Windows' } : {}),
};

interface EngineEnd {
  why: string;
  killed: boolean;
}

export interface EngineProcess {
  pid: number;
  send(message: ToEngine): void;
  /** Ends it with all its children. */
  kill(): void;
  /** Resolves when everything has been read that it said. */
  ended: Promise<EngineEnd & { stderr: string }>;
}

/** Starts an engine, in a process group of its own. Throws `local.engine-crashed` where no process can be started. */
export function startEngine(
  { script, drivers, ledger }: EngineProcessOptions,
  onMessage: (message: FromEngine) => void,
): EngineProcess {
  const child = spawn(process.execPath, ['--enable-source-maps', script], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
    env: { ...drivers, ...engineEnvironment },
    windowsHide: true,
  });
  const pid = child.pid;
  if (pid === undefined) throw new AppError('local.engine-crashed', { why: 'it could not be started' });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  child.on('message', onMessage);
  ledger?.record(null, pid);
  const kill = (): void => killGroup(pid);
  // Its ffmpeg children outlive an engine that was killed; the group still has its number.
  child.once('exit', kill);
  const end = new Promise<EngineEnd>((resolve) => {
    child.once('close', (code, killedBy) =>
      resolve({ why: killedBy ?? `exit code ${String(code)}`, killed: killedBy === 'SIGKILL' }),
    );
    child.once('error', (error) => resolve({ why: error.message, killed: false }));
  });
  const ended = end.then((known) => {
    ledger?.forget(pid);
    return { ...known, stderr };
  });
  return { pid, kill, ended, send: (message) => void child.send(message, () => undefined) };
}

/**
 * Runs one task in a process of its own. When this settles, the engine and all its children are gone.
 * Rejects with the engine's error, `local.engine-crashed`, or the signal's reason.
 */
export async function runEngine(task: EngineTask, options: EngineOptions): Promise<EngineResult> {
  const { signal, onMessage } = options;
  signal.throwIfAborted();
  let outcome: { result: EngineResult } | { error: unknown } | undefined;
  const engine = startEngine(options, (message) => {
    if (message.type === 'done') outcome = { result: message.result };
    else if (message.type === 'failed') outcome = { error: fromWire(message.error) };
    if (signal.aborted) return;
    stall.alive();
    try {
      onMessage(message);
      if (message.type === 'segment') engine.send({ type: 'recorded' });
    } catch (error) {
      // What it has done can't be written down (a full disk): it must not go on as if it were.
      outcome = { error };
      engine.kill();
    }
  });
  using stall = watchForStall(
    engine.pid,
    (why) => {
      outcome = { error: new AppError('local.engine-crashed', { why, killed: false }) };
      engine.kill();
    },
    options.patience,
  );
  options.started(engine.pid);
  signal.addEventListener('abort', engine.kill, { once: true });
  engine.send({ type: 'run', task });
  const { stderr, ...end } = await engine.ended;
  signal.removeEventListener('abort', engine.kill);
  options.ended(engine.pid);
  signal.throwIfAborted();
  if (!outcome) throw new AppError('local.engine-crashed', end, { cause: new Error(stderr) });
  if ('error' in outcome) throw outcome.error;
  return outcome.result;
}

function killGroup(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // Nobody left in it.
  }
}
