import { writeFileSync } from 'node:fs';
import { AppError } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { runEngine } from '../../src/backends/local/engine-process.ts';
import { startOf } from '../../src/jobs/leftovers.ts';
import type { EngineTask } from '../../src/engine/plan.ts';
import { codeOf } from '../support/errors.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Says one thing and then goes on for ever. */
const talkative = `
process.once('message', () => process.send({ type: 'progress', stage: 'prepare', framesDone: 0 }));
setInterval(() => {}, 1000);`;

describe('an engine whose work can’t be written down', () => {
  it('is ended with the reason, and the daemon goes on', async () => {
    using folder = tempDir();
    const script = folder.file('engine.mjs');
    writeFileSync(script, talkative);
    const pids: number[] = [];
    const work = runEngine({} as EngineTask, {
      script,
      signal: new AbortController().signal,
      onMessage: () => {
        throw new AppError('setup.disk-full', { folder: '/data', need: 'a little', free: 'nothing' });
      },
      started: (pid) => void pids.push(pid),
      ended: () => undefined,
    });
    expect(await codeOf(work)).toBe('setup.disk-full');
    expect(pids.map(startOf)).toEqual([undefined]);
  });
});
