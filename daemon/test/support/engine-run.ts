import { join } from 'node:path';
import { type Check, type NewTask, plainWay, Task, type Warning } from '@uprez/shared';
import { enginePlan } from '../../src/backends/local/plan.ts';
import type { EngineTask } from '../../src/engine/plan.ts';
import { runTask, type RunOptions } from '../../src/engine/run.ts';
import { probe } from '../../src/media/probe.ts';
import { warningsOf } from '../../src/media/warnings.ts';
import { ffmpegPath } from './tools.ts';

const scripts = (name: string): URL => new URL(`../../dist/${name}.mjs`, import.meta.url);

export interface EngineRun {
  path: string;
  checks: Check[];
  /** What was known before, and what the engine found out. */
  warnings: Warning[];
}

/** What an earlier run found and did, and who is told what this one does. */
export type Circumstances = Partial<Pick<EngineTask, 'findings' | 'done'> & Pick<RunOptions, 'record' | 'send'>>;

/** A job by plain interpolation as the daemon would give it to an engine, in this process; its result goes into a folder. */
export async function runEngineHere(
  task: NewTask,
  folder: string,
  { findings = null, done = [], record = () => Promise.resolve(), send = () => undefined }: Circumstances = {},
): Promise<EngineRun> {
  const whole = Task.parse({ model: 'bicubic', ...task });
  const media = await probe(whole.source, { maxFileBytes: 1e9 });
  const model = { kind: 'interpolation' } as const;
  const { output, ...plan } = enginePlan(whole, media, { ffmpeg: ffmpegPath, model, ways: [plainWay], threads: 1 });
  const path = join(folder, 'result.mov');
  const engineTask: EngineTask = {
    plan: { ...plan, output: { ...output, path, partial: `${path}.partial` } },
    ...{ findings, done },
  };
  const warnings = warningsOf(whole, media);
  const result = await runTask(engineTask, {
    send: (message) => {
      if (message.type === 'warning') warnings.push(message.warning);
      send(message);
    },
    record,
    signal: new AbortController().signal,
    inferenceScript: scripts('inference'),
    qualityScript: scripts('quality'),
  });
  return { path: result.path, checks: result.checks, warnings };
}
