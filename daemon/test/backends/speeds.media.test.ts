import { expect, test } from 'vitest';
import { clip } from '../support/clips.ts';
import { startLocalDaemon } from '../support/local.ts';

test('the first job finds out the fastest way; its time is what the next one is expected to take', async () => {
  await using daemon = await startLocalDaemon({ wish: { provider: null, precision: null } });
  const source = await clip({ frames: 30 });
  const task = { source, model: 'fast' };
  const before = await daemon.client.call('estimate', { task });
  expect(before.basis).toBe('assumed');
  await daemon.upscale(source, task);
  const after = await daemon.client.call('estimate', { task });
  expect(after.basis).toBe('measured');
  expect(after.seconds).not.toBe(before.seconds);
  // At a scale that no job had yet, jobs say nothing.
  expect((await daemon.client.call('estimate', { task: { ...task, scale: 4 } })).basis).not.toBe('measured');
  const [job] = daemon.client.view.jobs;
  const report = await daemon.client.call('reportJob', { id: job?.id ?? '' });
  expect(report.accelerators).toEqual({ engine: expect.stringMatching(/^\w+ (fp32|fp16|int8)$/) });
});

test('a provider that this computer has not is left for the CPU', async () => {
  const missing = process.platform === 'win32' ? 'coreml' : 'dml';
  await using daemon = await startLocalDaemon({ wish: { provider: missing, precision: null } });
  await daemon.upscale(await clip({ frames: 3 }), { model: 'fast' });
  const [job] = daemon.client.view.jobs;
  const report = await daemon.client.call('reportJob', { id: job?.id ?? '' });
  expect(report.accelerators).toEqual({ engine: 'cpu fp32' });
});
