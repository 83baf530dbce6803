import { plainWay, type Way } from '@uprez/shared';
import { listSupportedBackends } from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PlanesFormat } from '../../src/models/planes-format.ts';
import { clip } from '../support/clips.ts';
import { tinyModel } from '../support/cores.ts';
import { difference, enlarge } from '../support/inference.ts';
import { startLocalDaemon } from '../support/local.ts';
import { tempDir } from '../support/temp-dir.ts';
import { softwareVulkan } from '../support/vulkan.ts';

const drivers = softwareVulkan();
const carried = listSupportedBackends().some(({ name }) => name === 'webgpu');
const reason = carried ? 'no Vulkan device in software: install Chromium' : 'no WebGPU in onnxruntime here';
const format: PlanesFormat = {
  width: 64,
  height: 48,
  chroma: '420',
  depth: 8,
  range: 'limited',
  matrix: '709',
  grey: false,
};

describe.skipIf(!drivers || !carried)(`on a GPU, by WebGPU (skipped where there is ${reason})`, () => {
  // Read by the Vulkan loader when the first session is opened.
  beforeAll(() => void Object.assign(process.env, drivers));

  const fp16: Way = { provider: 'webgpu', precision: 'fp16' };
  const fp32: Way = { provider: 'webgpu', precision: 'fp32' };

  test('the picture is the one that the CPU gives, within two codes', async () => {
    using folder = tempDir();
    const model = tinyModel(folder);
    const failures: string[] = [];
    const found = await enlarge({ format, model, ways: [fp32] }, (_now, why) => failures.push(why));
    expect(failures).toEqual([]);
    expect(difference(found, await enlarge({ format, model, ways: [plainWay] })).most).toBeLessThanOrEqual(2);
  });

  test('it is so in 16 bits, or the device has none and 32 bits are taken', async () => {
    using folder = tempDir();
    const model = tinyModel(folder);
    const failures: string[] = [];
    const found = await enlarge({ format, model, ways: [fp16, fp32] }, (_now, why) => failures.push(why));
    for (const why of failures) expect(why).toMatch(/f16/);
    expect(difference(found, await enlarge({ format, model, ways: [plainWay] })).most).toBeLessThanOrEqual(2);
  });

  test('when the engine dies there, the job goes on without it', async () => {
    const pids: number[] = [];
    const killFirst = (pid: number): void => {
      pids.push(pid);
      if (pids.length === 1) process.kill(pid, 'SIGKILL');
    };
    await using daemon = await startLocalDaemon({ wish: fp32, drivers: drivers ?? {}, started: killFirst });
    const output = await daemon.upscale(await clip({ width: 64, height: 48, frames: 4 }), { model: 'fast' });
    expect([output.frames, pids.length]).toEqual([4, 2]);
    const [job] = daemon.client.view.jobs;
    const report = await daemon.client.call('reportJob', { id: job?.id ?? '' });
    expect(report.accelerators).toEqual({ engine: 'cpu fp32' });
  });
});
