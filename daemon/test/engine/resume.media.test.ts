import { describe, expect, it } from 'vitest';
import type { Segment } from '../../src/backends/backend.ts';
import type { Findings } from '../../src/engine/plan.ts';
import { clip } from '../support/clips.ts';
import { runEngineHere } from '../support/engine-run.ts';
import { codeOf } from '../support/errors.ts';
import { tempDir } from '../support/temp-dir.ts';
import { frameHashes } from '../support/tools.ts';

describe('an engine that goes on where another one was stopped', () => {
  it('makes the same frames, and refuses to where the decoder delivers others than before', async () => {
    using whole = tempDir();
    using folder = tempDir();
    const source = await clip({ frames: 100, rate: '25', extra: ['-g', '31', '-bf', '3'] });
    const reference = await frameHashes((await runEngineHere({ source }, whole.path)).path);
    let findings: Findings | null = null;
    const done: Segment[] = [];
    const stopped = runEngineHere({ source }, folder.path, {
      send: (message) => {
        if (message.type === 'found') findings = message.findings;
      },
      record: async (segment) => {
        done.push(segment);
        if (done.length === 2) throw new Error('stopped here');
      },
    });
    await expect(stopped).rejects.toThrow('stopped here');
    expect(done.map(({ firstFrame }) => firstFrame)).toEqual([0, 24]);

    const others = done.map((segment) => ({ ...segment, sourceDigest: 'that of another frame' }));
    expect(await codeOf(runEngineHere({ source }, folder.path, { findings, done: others }))).toBe('input.changed');

    const { path } = await runEngineHere({ source }, folder.path, { findings, done });
    expect(await frameHashes(path)).toEqual(reference);
  });
});
