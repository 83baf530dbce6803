import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type TempDir, tempDir } from './temp-dir.ts';

const program = fileURLToPath(new URL('../../dist/uprez.mjs', import.meta.url));

export interface Ended {
  /** Exit code, or the signal's name where one ended it. */
  code: number | string;
  stdout: string;
  stderr: string;
}

/** Frames are compared from one run to the next, so all are made in one way, and no time goes into finding the fastest. */
export const oneWay = { UPREZ_PROVIDER: 'cpu', UPREZ_PRECISION: 'fp32' };

/** A user of the command line, with a home and a folder of clips of their own. */
export class User implements Disposable {
  /** Working directory of every command. */
  readonly clips: string;
  private readonly home: TempDir = tempDir();
  private readonly children = new Set<ChildProcess>();

  constructor() {
    this.clips = this.home.file('clips');
    mkdirSync(this.clips);
  }

  /** Runs a command to its end. */
  async types(...args: string[]): Promise<Ended> {
    return this.starts(args).ended;
  }

  starts(args: string[], variables: Record<string, string> = {}): Command {
    const home = { UPREZ_DATA_DIR: this.home.file('data'), UPREZ_PORT: '0', NO_COLOR: '1', ...oneWay };
    const child = spawn(process.execPath, [program, ...args], {
      cwd: this.clips,
      env: { ...usersOwn(process.env), ...home, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.add(child);
    child.once('close', () => this.children.delete(child));
    return new Command(child);
  }

  [Symbol.dispose](): void {
    for (const child of this.children) child.kill('SIGKILL');
    this.home[Symbol.dispose]();
  }
}

/** Without the settings of the tests, which a command would call unknown. */
function usersOwn(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('UPREZ_TEST_')));
}

/** A command that runs. */
export class Command {
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;
  private readonly heard = { stdout: '', stderr: '' };
  private readonly listeners = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.child = child;
    this.keep('stdout');
    this.keep('stderr');
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        resolve({ code: code ?? signal ?? 'unknown', ...this.heard });
        for (const listener of this.listeners) listener();
      });
    });
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Resolves when the command has written it, on stdout or stderr; rejects when it ends without. */
  says(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.test(this.heard.stdout) || pattern.test(this.heard.stderr);
        if (!found && this.child.exitCode === null && this.child.signalCode === null) return;
        this.listeners.delete(look);
        if (found) resolve();
        else reject(new Error(`ended without saying ${String(pattern)}: ${JSON.stringify(this.heard)}`));
      };
      this.listeners.add(look);
      look();
    });
  }

  private keep(name: 'stdout' | 'stderr'): void {
    this.child[name]?.setEncoding('utf8').on('data', (text: string) => {
      this.heard[name] += text;
      for (const listener of this.listeners) listener();
    });
  }
}
