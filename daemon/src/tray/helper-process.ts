import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { FromHelper, type ToHelper } from './messages.ts';

/** How the helper is started. */
export interface HelperCommand {
  file: string;
  args: readonly string[];
  /** Its whole environment. */
  env: Readonly<Record<string, string>>;
}

export interface HelperParts {
  command: HelperCommand;
  clock: Clock;
  log: Logger;
  /** A helper was started and knows nothing yet. */
  onStart: () => void;
  onMessage: (message: FromHelper) => void;
}

/** Until the next try: a second, doubled with each failure in a row. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** One that lived that long was in order; what ended it is a new story. */
const HEALTHY_MS = 30_000;
const MAX_FAILURES = 6;
/** A helper that leaves this much unread hangs. */
const MAX_UNREAD_BYTES = 2 ** 20;
const STDERR_KEPT = 4096;

/**
 * Keeps a helper running: starts it again, with longer and longer pauses, when it ends by itself, and gives up when that
 * leads nowhere. Whatever happens to it, nothing but the icon is affected.
 */
export class HelperProcess implements Disposable {
  private readonly parts: HelperParts;
  private child: ChildProcess | undefined;
  private failures = 0;
  private over = false;
  private cancelPause = (): void => {};

  constructor(parts: HelperParts) {
    this.parts = parts;
    this.start();
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  send(message: ToHelper): void {
    const stdin = this.child?.stdin;
    if (!stdin?.writable) return;
    if (stdin.writableLength > MAX_UNREAD_BYTES) this.child?.kill('SIGKILL');
    else stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** It ends by itself when its input does; who is deaf to that is killed. */
  [Symbol.dispose](): void {
    this.over = true;
    this.cancelPause();
    const { child } = this;
    child?.stdin?.end();
    this.cancelPause = this.parts.clock.after(1000, () => child?.kill('SIGKILL'));
  }

  private start(): void {
    const { command, clock, onStart, log } = this.parts;
    const { file, args, env } = command;
    const startedAt = clock.now();
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...env }, windowsHide: true });
    this.child = child;
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-STDERR_KEPT)));
    child.stdin.on('error', () => {});
    createInterface({ input: child.stdout }).on('line', (line) => this.receive(line));
    // `error`: it could not be started; there is no `close` after that unless it had been.
    child.once('error', (error) => log.warn({ err: error }, 'tray could not be started'));
    child.once('close', (code, signal) => {
      if (this.over) return this.cancelPause();
      log.warn({ code, signal, stderr: stderr.trim() }, 'tray ended');
      this.ended(clock.now() - startedAt);
    });
    onStart();
  }

  private ended(lifeMs: number): void {
    const { clock, log } = this.parts;
    this.failures = lifeMs >= HEALTHY_MS ? 1 : this.failures + 1;
    if (this.failures > MAX_FAILURES) {
      this.over = true;
      log.warn('the tray ends again and again: Uprez goes on without it');
      return;
    }
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.failures - 1));
    this.cancelPause = clock.after(pauseMs, () => this.start());
  }

  private receive(line: string): void {
    const message = parsed(line);
    if (!message) return this.parts.log.warn({ line: line.slice(0, 200) }, 'the tray said something else');
    if (message.type === 'unavailable') {
      this.over = true;
      this.parts.log.info({ why: message.why }, 'no tray here');
    }
    this.parts.onMessage(message);
  }
}

function parsed(line: string): FromHelper | undefined {
  try {
    return FromHelper.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
