import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { ErrorStatistics, Health, Job, Settings } from '@uprez/shared';
import { redact } from './log.ts';

/** Whose names must not leave the computer. */
export interface Person {
  home: string;
  user: string;
  host: string;
}

export interface DiagnosticsParts {
  person: Person;
  health: Health;
  settings: Settings;
  jobs: readonly Job[];
  statistics: ErrorStatistics;
  logFile: string;
}

const LOG_BYTES = 512 * 1024;
const LATEST_JOBS = 50;

/** What helps somebody else to understand what is wrong here, as files by name: no keys, no tokens, no names of people. */
export function diagnosticsOf(parts: DiagnosticsParts): Record<string, string> {
  const { person, health, settings, statistics } = parts;
  const jobs = parts.jobs.slice(-LATEST_JOBS);
  const files = {
    'doctor.json': json(health),
    'settings.json': json(settings),
    'jobs.json': json(jobs),
    'errors.json': json(statistics),
    'uprez.log': tailOf(parts.logFile),
  };
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, anonymous(text, person)]));
}

/**
 * Takes secrets and the names of user and computer out of a text. Home folders of anybody count, in the spelling of every
 * platform and with the doubled backslashes of JSON.
 */
export function anonymous(text: string, { home, user, host }: Person): string {
  const homes = text
    .replaceAll(home, '~')
    .replaceAll(JSON.stringify(home).slice(1, -1), '~')
    .replaceAll(/(\/(?:home|Users)\/)[^/\\"'\s,:;)]+/g, '$1<user>')
    // Names of Windows may hold spaces.
    .replaceAll(/([A-Za-z]:(?:\\{1,2}|\/)Users(?:\\{1,2}|\/))[^/\\"]+/g, '$1<user>')
    .replaceAll(/(\/(?:media|mnt|run\/media)\/)[^/\\"'\s,:;)]+/g, '$1<drive>');
  // Short names are parts of other words.
  const named = [user, host].filter((name) => name.length >= 3 && name !== 'root' && name !== 'localhost');
  const words = named.reduce(
    (rest, name) => rest.replaceAll(new RegExp(`\\b${literal(name)}\\b`, 'gi'), '<name>'),
    homes,
  );
  return redact(words);
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

/** The end of a file from a line's beginning; empty where it can't be read. */
function tailOf(file: string): string {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return '';
  const length = Math.min(size, LOG_BYTES);
  const bytes = Buffer.alloc(length);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, bytes, 0, length, size - length);
  } finally {
    closeSync(descriptor);
  }
  const text = bytes.toString('utf8');
  return length < size ? text.slice(text.indexOf('\n') + 1) : text;
}
