import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** Longest that one file may take: MediaInfo needs 0.1 s for most, and a hostile file must not hold the thread for ever. */
const TIME_LIMIT_MS = 20_000;
/** Reading stops there: headers and indexes of a day of video take less. */
const READ_LIMIT_BYTES = 512 * 1024 * 1024;
/** The thread and its memory are given back after this long without a question. */
const IDLE_MS = 5_000;

/**
 * The thread's program as text: MediaInfo in WebAssembly, reading from a file descriptor that the daemon opened. Text,
 * because a file of its own would need its own bundle and its own way to be found. Only the baseline compiler is used:
 * the optimising one takes 40 MB more memory for nothing, as the code runs for milliseconds.
 */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
require('node:v8').setFlagsFromString('--liftoff-only');
const { readSync } = require('node:fs');
const chunk = new Uint8Array(16384);
const library = require(workerData.library).default({ format: 'JSON', chunkSize: chunk.length });
parentPort.on('message', async ({ fd, sizeBytes }) => {
  let left = workerData.readLimitBytes;
  const read = (count, position) => {
    left -= count;
    return chunk.subarray(0, left < 0 ? 0 : readSync(fd, chunk, 0, count, position));
  };
  try {
    parentPort.postMessage({ report: await (await library).analyzeData(sizeBytes, read) });
  } catch (error) {
    parentPort.postMessage({ failure: String(error) });
  }
});
`;

interface Answer {
  report?: string;
  failure?: string;
}

const require = createRequire(import.meta.url);

let worker: Worker | undefined;
let idle: NodeJS.Timeout | undefined;
let queue: Promise<unknown> = Promise.resolve();

export interface ReportRequest {
  /** Of a file open for reading, until the report is there. */
  fd: number;
  sizeBytes: number;
  timeLimitMs?: number;
}

/**
 * MediaInfo's report on an open file, as JSON text. Files are read one after another, in a thread that ends when it is
 * idle. Throws a plain Error when the report can't be made in time.
 */
export function readReport(file: ReportRequest): Promise<string> {
  const result = queue.then(() => ask(file));
  queue = result.catch(() => undefined);
  return result;
}

async function ask(file: ReportRequest): Promise<string> {
  clearTimeout(idle);
  worker ??= start();
  const thread = worker;
  try {
    const answer = await nextAnswer(thread, file);
    if (answer.report === undefined) throw new Error(answer.failure ?? 'no report');
    idle = setTimeout(() => void end(thread), IDLE_MS).unref();
    return answer.report;
  } catch (error) {
    await end(thread); // whatever state it is in: the next file gets a new one
    throw error;
  }
}

function nextAnswer(thread: Worker, { fd, sizeBytes, timeLimitMs = TIME_LIMIT_MS }: ReportRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    thread.ref();
    const timer = setTimeout(() => settle(() => reject(new Error('it took too long'))), timeLimitMs);
    const fail = (cause: unknown): void => settle(() => reject(new Error('the reading thread ended', { cause })));
    const answer = (message: Answer): void => settle(() => resolve(message));
    const settle = (outcome: () => void): void => {
      clearTimeout(timer);
      thread.off('message', answer).off('error', fail).off('exit', fail).unref();
      outcome();
    };
    thread.on('message', answer).on('error', fail).on('exit', fail);
    thread.postMessage({ fd, sizeBytes });
  });
}

function start(): Worker {
  const library = require.resolve('mediainfo.js');
  const thread = new Worker(PROGRAM, {
    eval: true,
    workerData: { library, readLimitBytes: READ_LIMIT_BYTES },
    env: {},
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 },
  });
  thread.on('error', () => undefined); // reported through the question under way, if any
  return thread;
}

async function end(thread: Worker): Promise<void> {
  if (worker === thread) worker = undefined;
  await thread.terminate();
}
