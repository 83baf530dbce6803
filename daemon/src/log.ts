import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { pino } from 'pino';

export type Logger = pino.Logger;

const FILE_BYTES = 10 * 2 ** 20;
const KEPT_FILES = 5;

export interface LogOptions {
  file: string;
  level: string;
  /** Also write to stderr, for a daemon in the foreground. */
  foreground?: boolean;
}

export interface ClosableLog extends Disposable {
  readonly log: Logger;
}

/** Opens the daemon's log: JSON lines in a rotated file, without secrets. */
export function openLog({ file, level, foreground = false }: LogOptions): ClosableLog {
  const rotated = openRotatedFile(file, FILE_BYTES);
  const write = (line: string): void => {
    const safe = redact(line);
    rotated.write(safe);
    if (foreground) process.stderr.write(safe);
  };
  return { log: pino({ level, base: null }, { write }), [Symbol.dispose]: () => rotated.close() };
}

/** A log that goes nowhere. */
export function silentLog(): Logger {
  return pino({ level: 'silent' });
}

const secretFields = ['secret', 'proof', 'nonce', 'token', 'apiKey', 'password', 'cookie', 'authorization'];
const secretField = new RegExp(`("(?:${secretFields.join('|')})"):"(?:[^"\\\\]|\\\\.)*"`, 'gi');
/** Pairing codes; error codes have the same field name and must stay readable. */
const pairingCode = /("code"):"\d{6}"/g;
/** Signed links of cloud storage: whoever has the query has the file. */
const signedQuery =
  /([?&](?:x-amz-[\w-]+|x-goog-[\w-]+|signature|sig|token|expires|awsaccesskeyid|policy|key-pair-id)=)[^&"\s\\]+/gi;
const bearer = /\b(bearer\s+)[\w.~+/=-]+/gi;

/** Takes secrets out of a log line, however deep in it they are. */
export function redact(line: string): string {
  return line
    .replace(secretField, '$1:"[redacted]"')
    .replace(pairingCode, '$1:"[redacted]"')
    .replace(signedQuery, '$1[redacted]')
    .replace(bearer, '$1[redacted]');
}

interface RotatedFile {
  write(text: string): void;
  close(): void;
}

/** Written synchronously, so that the last lines before a crash are there. */
export function openRotatedFile(path: string, maxBytes: number): RotatedFile {
  let descriptor = openSync(path, 'a', 0o600);
  let size = fstatSync(descriptor).size;
  const rotate = (): void => {
    closeSync(descriptor);
    for (let number = KEPT_FILES - 1; number >= 0; number--)
      renameIfThere(numbered(path, number), numbered(path, number + 1));
    descriptor = openSync(path, 'a', 0o600);
    size = 0;
  };
  return {
    write(text) {
      const bytes = Buffer.from(text);
      try {
        if (size > 0 && size + bytes.length > maxBytes) rotate();
        size += writeSync(descriptor, bytes);
      } catch {
        // A full disk: what the line is about matters more than the line.
      }
    },
    close: () => closeSync(descriptor),
  };
}

/** The log's files, latest first. */
export function logFiles(path: string): string[] {
  return Array.from({ length: KEPT_FILES + 1 }, (_, number) => numbered(path, number));
}

function numbered(path: string, number: number): string {
  return number === 0 ? path : `${path}.${number}`;
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // Not there yet, or held open by a viewer on Windows: the log goes on either way.
  }
}
