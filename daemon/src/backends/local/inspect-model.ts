import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { AppError, fromWire } from '@uprez/shared';
import type { FromInspection, ToInspection } from '../../engine/inspection.ts';
import { RgbTraits } from '../../models/rgb-traits.ts';
import { engineEnvironment } from './engine-process.ts';

export interface InspectOptions {
  /** The bundled inspection. */
  script: string;
  signal?: AbortSignal;
  /** What the user calls the file; its own name unless said. */
  name?: string;
  timeLimitMs?: number;
  memoryLimitBytes?: number;
}

/** Large networks take a minute on two cores; a loop takes for ever. */
const TIME_LIMIT_MS = 300_000;
const MEMORY_LIMIT_BYTES = 4 * 1024 ** 3;
/** More don't help with pictures this small. */
const MOST_THREADS = 4;

/**
 * Finds out what an RGB network in an ONNX file is, by looking at it and by running it, in a process of its own with a
 * limit of time and memory. Rejects with an AppError (`model.*`) that says why it can't be used, or the signal's reason.
 */
export async function inspectModel(file: string, options: InspectOptions): Promise<RgbTraits> {
  const { signal, name = basename(file) } = options;
  const { timeLimitMs = TIME_LIMIT_MS, memoryLimitBytes: memoryBytes = MEMORY_LIMIT_BYTES } = options;
  signal?.throwIfAborted();
  const threads = Math.min(MOST_THREADS, availableParallelism());
  const end = await ask(options, { file, name, threads, memoryBytes }, timeLimitMs);
  signal?.throwIfAborted();
  if (end.answer?.type === 'traits') return RgbTraits.parse(end.answer.traits);
  if (end.answer) throw fromWire(end.answer.error);
  throw new AppError('model.unusable', { file: name, why: whyEnded(end, { timeLimitMs, memoryBytes }) });
}

interface End {
  answer: FromInspection | undefined;
  late: boolean;
  killedBy: string | null;
}

/** Starts the process, and resolves when it is gone. */
async function ask({ script, signal }: InspectOptions, question: ToInspection, timeLimitMs: number): Promise<End> {
  const child = fork(script, [], {
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: engineEnvironment,
  });
  const end: End = { answer: undefined, late: false, killedBy: null };
  child.on('message', (message: FromInspection) => {
    end.answer = message;
  });
  const kill = (): void => void child.kill('SIGKILL');
  const timer = setTimeout(() => {
    end.late = true;
    kill();
  }, timeLimitMs);
  signal?.addEventListener('abort', kill, { once: true });
  child.send(question, () => undefined);
  end.killedBy = await new Promise<string | null>((resolve) => {
    child.once('close', (_, signalName) => resolve(signalName));
    child.once('error', () => resolve(null));
  });
  clearTimeout(timer);
  signal?.removeEventListener('abort', kill);
  return end;
}

function whyEnded(end: End, limits: { timeLimitMs: number; memoryBytes: number }): string {
  if (end.late) return `it did not end within ${Math.round(limits.timeLimitMs / 1000)} seconds`;
  if (end.killedBy === 'SIGKILL') return `it takes more than ${Math.round(limits.memoryBytes / 1e6)} MB of memory`;
  return 'it makes the runtime crash';
}
