import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { AppError, errorTable, type LogLine } from '@uprez/shared';
import { logFiles } from './log.ts';

const MOST_LINES = 500;

/** What the log says of a job, oldest first; the latest lines where there are many. */
export async function readJobLog(file: string, job: string): Promise<LogLine[]> {
  const latestFirst: LogLine[][] = [];
  for (const path of logFiles(file)) {
    latestFirst.push(await linesOf(path, job));
    if (latestFirst.flat().length >= MOST_LINES) break;
  }
  return latestFirst.toReversed().flat().slice(-MOST_LINES);
}

async function linesOf(path: string, job: string): Promise<LogLine[]> {
  // Ids are UUIDs: a line that doesn't hold it anywhere need not be parsed.
  const found: LogLine[] = [];
  try {
    for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      const line = text.includes(job) ? parse(text, job) : undefined;
      if (line) found.push(line);
    }
  } catch {
    // Not there (any more): the log was rotated, or never got that long.
  }
  return found.slice(-MOST_LINES);
}

function parse(text: string, job: string): LogLine | undefined {
  try {
    const line = JSON.parse(text) as Record<string, unknown>;
    return line['job'] === job ? lineOf(line) : undefined;
  } catch {
    // The last line of a daemon that was killed.
    return undefined;
  }
}

function lineOf(line: Record<string, unknown>): LogLine {
  const { time, level, msg, ...rest } = line;
  return {
    at: typeof time === 'number' ? time : 0,
    level: levelOf(level),
    event: typeof msg === 'string' ? msg : '',
    facts: Object.fromEntries(
      Object.entries(rest)
        .filter(([name]) => name !== 'job')
        .map(([name, value]) => [name, wordsOf(name, value)]),
    ),
  };
}

/** pino's numbers: 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
function levelOf(level: unknown): LogLine['level'] {
  if (typeof level !== 'number' || level < 30) return 'debug';
  if (level < 40) return 'info';
  return level < 50 ? 'warning' : 'error';
}

function wordsOf(name: string, value: unknown): string {
  if (name === 'err') return errorWords(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The sentence of an error that has one. The words of others stay in the log: nobody wrote them for users. */
function errorWords(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const known = typeof code === 'string' && code in errorTable && typeof message === 'string';
  return known ? `${code}: ${message}` : new AppError('daemon.internal').message;
}
