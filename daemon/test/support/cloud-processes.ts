import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childScript, untilReady } from './child-script.ts';
import { SMALL_PARTS } from './cloud.ts';
import type { TempDir } from './temp-dir.ts';
import type { TopazEmulator } from './topaz/emulator.ts';
import { program } from './uprez-process.ts';

/** A daemon with the cloud backend, and command lines that use it, each a process of its own. */
export interface CloudProcesses extends AsyncDisposable {
  readonly data: string;
  readonly daemon: Observed;
  /** Everybody but the daemon, in the order in which they began. */
  readonly others: readonly Observed[];
  start(...args: readonly string[]): Observed;
  /** Runs a command line to its end; resolves to what it said. */
  run(args: readonly string[], input?: string): Promise<string>;
}

export async function openCloudProcesses(
  folder: TempDir,
  { url: baseUrl }: TopazEmulator,
  { ffmpeg }: { ffmpeg?: string } = {},
): Promise<CloudProcesses> {
  const data = folder.file('data');
  mkdirSync(data);
  const options = JSON.stringify({ dataDir: data, baseUrl, ffmpeg, segmentBytes: SMALL_PARTS.segmentBytes });
  const script = await childScript(
    `import { runCloudChild } from './cloud-child.ts'; await runCloudChild(${options});`,
  );
  const daemon = new Observed(spawn(process.execPath, [script.file], { cwd: folder.path }));
  const others: Observed[] = [];
  const start = (...args: readonly string[]): Observed => {
    const env = { PATH: process.env['PATH'], UPREZ_DATA_DIR: data, NO_COLOR: '1' };
    const other = new Observed(spawn(process.execPath, [program, ...args], { cwd: folder.path, env }));
    others.push(other);
    return other;
  };
  const dispose = async (): Promise<void> => {
    for (const { child } of [...others, daemon]) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    script[Symbol.dispose]();
  };
  await untilReady(daemon.child).catch(async (error: unknown) => {
    await dispose();
    throw error;
  });
  const run = (args: readonly string[], input = ''): Promise<string> => start(...args).ends(input);
  return { data, daemon, others, start, run, [Symbol.asyncDispose]: dispose };
}

/** A process, with everything that others can see of it. */
export class Observed {
  readonly child: ChildProcess;
  /** Command line and environment, as /proc shows them to everybody of the same account. */
  readonly identity: string;
  said = '';

  constructor(child: ChildProcess) {
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.said += chunk.toString('latin1')));
    this.identity = ['cmdline', 'environ']
      .map((name) => readFileSync(join('/proc', String(child.pid), name), 'latin1'))
      .join('\n');
  }

  async ends(input = ''): Promise<string> {
    this.child.stdin?.end(input);
    await once(this.child, 'close');
    return this.said;
  }
}
