import { Job } from '@uprez/shared';
import { expect, it } from 'vitest';
import { reportLines } from '../../src/cli/print.ts';
import { estimate, mediaOf, output, taskOf } from '../support/tasks.ts';

const job = Job.parse({
  ...{ id: 'job-1', position: 1, task: taskOf(), media: mediaOf(), estimate, state: 'succeeded', attempts: 1 },
  ...{ createdAt: 0, startedAt: 0, endedAt: 1000, error: null, output, delivery: 'none', host: null, steps: [] },
  revision: 1,
});
const about = {
  segments: { done: 4, total: 4, frames: 96, bytes: 48_000_000 },
  errors: [],
  peakMemory: {},
  accelerators: {},
};

it('the report of a finished job says its quality in numbers', () => {
  expect(reportLines({ job, ...about })).toContain(
    'quality: 500.0 kB a frame, 48.25 dB self-consistency, flicker 0.96 (interpolation: 1), 50 % of the picture still; 4 pairs of frames measured',
  );
});

it('and says only what was measured', () => {
  const quality = { pairs: 0, consistencyDb: null, flicker: null, still: null, frameBytes: 1000 };
  const lines = reportLines({ job: { ...job, output: { ...output, quality } }, ...about });
  expect(lines).toContain('quality: 1.0 kB a frame; 0 pairs of frames measured');
  const unknown = reportLines({ job: { ...job, output: { ...output, quality: null } }, ...about });
  expect(unknown.join('\n')).not.toContain('quality');
});
