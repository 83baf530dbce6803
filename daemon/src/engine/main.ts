import { AppError, toWire } from '@uprez/shared';
import type { Segment } from '../backends/backend.ts';
import type { EngineTask, FromEngine, ToEngine } from './plan.ts';
import { providersHere } from './providers.ts';
import { runTask } from './run.ts';
import { type Trial, tryWays } from './trial.ts';

/**
 * The engine process: one job or trial, then it ends. It leads a process group of its own, so that whoever started it can end
 * it together with its decoders and encoders; when the starter disappears, it ends itself the same way.
 */
let last: Extract<FromEngine, { type: 'progress' }> = { type: 'progress', stage: 'prepare', framesDone: 0 };

/** Called when the segment that was sent last is on record. */
let onRecord: () => void = () => undefined;

process.once('disconnect', endGroup);
process.on('message', (message: ToEngine) => {
  switch (message.type) {
    case 'run':
      return void run(message.task);
    case 'try':
      return void tryOut(message.trial);
    case 'recorded':
      return onRecord();
  }
});

const inferenceScript = new URL('./inference.mjs', import.meta.url);

async function tryOut(trial: Trial): Promise<void> {
  await deliver({ type: 'providers', here: await providersHere() });
  await tryWays(trial, inferenceScript, (speed) => deliver({ type: 'tried', speed }));
  process.exit(0);
}

async function run(task: EngineTask): Promise<void> {
  try {
    const qualityScript = new URL('./quality.mjs', import.meta.url);
    const signal = new AbortController().signal;
    const result = await runTask(task, { send, record, signal, inferenceScript, qualityScript });
    await deliver({ type: 'done', result });
    process.exit(0);
  } catch (error) {
    const known = error instanceof AppError;
    if (!known) process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    await deliver({ type: 'failed', error: toWire(error), stage: last.stage, frame: last.framesDone });
    endGroup();
  }
}

function send(message: FromEngine): void {
  if (message.type === 'progress') last = message;
  process.send?.(message);
}

function record(segment: Segment): Promise<void> {
  return new Promise((resolve) => {
    onRecord = resolve;
    send({ type: 'segment', segment });
  });
}

/** Waits until the other side has the message: ending at once could cut it off. */
function deliver(message: FromEngine): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}

function endGroup(): void {
  process.removeListener('disconnect', endGroup);
  if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
  process.exit(1);
}
