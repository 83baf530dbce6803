import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@uprez/shared';
import { Agent, type Dispatcher } from 'undici';
import { sha256Of } from './added-models.ts';
import { expectRoom } from '../media/disk-room.ts';
import { diskError } from './disk-error.ts';
import { ask, hostOf, type Reply } from './origin.ts';
import { Refusal } from './refusal.ts';
import { discard, readValidator, validatorOf, writeValidator } from './validator.ts';

/** A file that somebody else keeps, and what it must be. */
export interface Published {
  url: string;
  bytes: number;
  sha256: string;
}

export interface DownloadOptions {
  /** Grows here and stays when the download is interrupted; it is complete and proven when the promise resolves. */
  file: string;
  signal: AbortSignal;
  /** Bytes that are there; `proving` when the last one is and the digest is being made. */
  report: (bytes: number, proving: boolean) => void;
}

export type Download = (published: Published, options: DownloadOptions) => Promise<void>;

export interface DownloadParts {
  dispatcher?: Dispatcher;
  /** The one origin that may be asked without TLS; for tests. */
  plainOrigin?: string;
  /** Waits before another try. */
  pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** Tries in a row that brought nothing before it is given up. */
const ATTEMPTS = 5;
/** First and longest wait between tries; a random part of it, doubled each time. */
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [500, 60_000];
const CONNECT_LIMIT_MS = 15_000;

/**
 * Makes the function that downloads: over https only, going on where an earlier try ended, until the file has the length
 * and the digest that it must have. It throws `model.offline`, `model.refused`, `model.other-bytes`, `setup.disk-full` or
 * the signal's reason.
 */
export function createDownload(parts: DownloadParts = {}): Download {
  const { pause = (ms, signal) => sleep(ms, undefined, { signal }) } = parts;
  const dispatcher = parts.dispatcher ?? new Agent({ connect: { timeout: CONNECT_LIMIT_MS } });
  const plainOrigin = parts.plainOrigin ?? null;
  return async (published, options) => {
    const fetching = { published, options, dispatcher, plainOrigin, pause };
    const before = await sizeOf(options.file);
    await expectRoom(dirname(options.file), published.bytes - before);
    await fetchAll(fetching);
    // Bytes of an earlier try may be those of a file that was exchanged meanwhile: once more, without them.
    if ((await isProven(fetching)) || (before > 0 && (await fetchAll(fetching), await isProven(fetching)))) return;
    throw new AppError('model.other-bytes', {
      host: hostOf(published.url),
      what: 'SHA-256',
      found: 'another one',
      expected: published.sha256,
    });
  };
}

interface Fetching extends Required<Pick<DownloadParts, 'dispatcher' | 'pause'>> {
  published: Published;
  options: DownloadOptions;
  plainOrigin: string | null;
}

/** Removes the file where the digest is another one. */
async function isProven({ published, options }: Fetching): Promise<boolean> {
  options.report(published.bytes, true);
  const found = await sha256Of(options.file);
  options.signal.throwIfAborted();
  if (found !== published.sha256) await discard(options.file);
  return found === published.sha256;
}

/** Until the file is as long as it must be. */
async function fetchAll(fetching: Fetching): Promise<void> {
  const { published, options, pause } = fetching;
  for (let failures = 0; ;) {
    const had = await sizeOf(options.file);
    if (had === published.bytes) return;
    if (had > published.bytes) await discard(options.file);
    const failure = await fetchSome(fetching);
    if (!failure) continue;
    options.signal.throwIfAborted();
    failures = (await sizeOf(options.file)) > had ? 1 : failures + 1;
    if (!failure.passing || failures >= ATTEMPTS) throw failure.as(hostOf(published.url));
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
    await pause(failure.waitMs ?? wait * (0.5 + Math.random() / 2), options.signal).catch(() => {});
    options.signal.throwIfAborted();
  }
}

/** One request: what it brings is in the file, also when it fails half-way. */
async function fetchSome({ published, options, dispatcher, plainOrigin }: Fetching): Promise<Refusal | undefined> {
  const { file, signal } = options;
  const from = await sizeOf(file);
  try {
    const validator = from > 0 ? await readValidator(file) : null;
    const reply = await ask(published.url, { from, validator, signal, dispatcher, plainOrigin });
    const start = await startOf(reply, from, published);
    await writeValidator(file, validatorOf(reply.headers));
    await append(reply, start, { published, options });
    if ((await sizeOf(file)) === published.bytes) return undefined;
    return new Refusal('the connection ended too early', { kind: 'offline', passing: true });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.startOver) await discard(file);
    return error;
  }
}

/** The place in the file where the reply's bytes belong. */
async function startOf(reply: Reply, from: number, { bytes }: Published): Promise<number> {
  const start = reply.range?.start ?? 0;
  const total = reply.range ? reply.range.total : reply.length;
  if (total !== null && total !== bytes) {
    await reply.drop();
    throw Refusal.otherBytes('length', `${total} bytes`, `${bytes} bytes`);
  }
  if (start === from || start === 0) return start;
  await reply.drop();
  throw new Refusal('it answered with another part of the file', { passing: true, startOver: true });
}

async function append(
  reply: Reply,
  start: number,
  { published, options: { file, report } }: Pick<Fetching, 'published' | 'options'>,
): Promise<void> {
  const handle = await open(file, start === 0 ? 'w' : 'r+', 0o600);
  try {
    let at = start;
    for await (const chunk of reply.body()) {
      if (at + chunk.length > published.bytes)
        throw Refusal.otherBytes('length', `more than ${published.bytes} bytes`, `${published.bytes} bytes`);
      await handle.write(chunk, 0, chunk.length, at).catch(async (error: unknown) => {
        throw await diskError(error, file);
      });
      at += chunk.length;
      report(at, false);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
