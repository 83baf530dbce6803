import { truncateSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { inspectModel } from '../../src/backends/local/inspect-model.ts';
import { probeModel } from '../../src/engine/probe-model.ts';
import { GraphBuilder } from '../../src/models/graph-builder.ts';
import { encodeModel, type OnnxModel } from '../../src/models/onnx.ts';
import { codeOf } from '../support/errors.ts';
import { network, type NetworkOptions, traitsOf } from '../support/rgb-networks.ts';
import { tempDir } from '../support/temp-dir.ts';

const script = fileURLToPath(new URL('../../dist/inspection.mjs', import.meta.url));

describe('what a network is, is found out by running it', () => {
  const cases: { what: string; network: Partial<NetworkOptions> }[] = [
    { what: 'one that restores without enlarging', network: { scale: 1 } },
    { what: '2x', network: {} },
    { what: '3x', network: { scale: 3 } },
    { what: '4x', network: { scale: 4 } },
    { what: 'one that sees four samples far', network: { kernel: 9 } },
    { what: 'one that sees all of the picture', network: { global: 0.1 } },
    { what: 'white at 255', network: { white: 255, shift: 0.02 } },
    { what: 'half precision', network: { element: 'float16' } },
    { what: 'sides that are a multiple of 8', network: { multiple: 8 } },
    { what: 'one size only', network: { fixed: { width: 64, height: 48 } } },
    { what: 'a newer operator set', network: { opset: 17 } },
  ];
  test.each(cases)('$what', async ({ network: wanted }) => {
    const found = await probeModel('net.onnx', encodeModel(network(wanted)), 1);
    const { bytesPerSample, overlap, ...expected } = traitsOf(wanted);
    expect(found).toMatchObject(expected);
    // Blocks see to their own ends, so only those without are known exactly.
    if ((wanted.multiple ?? 1) === 1) expect(found.overlap).toBe(overlap);
    else expect((found.overlap ?? 0) % (wanted.multiple ?? 1)).toBe(0);
    expect(found.bytesPerSample).toBeGreaterThanOrEqual(bytesPerSample);
  });
});

describe('networks that don’t behave like upscalers are refused', () => {
  const cases: { what: string; model: OnnxModel; says: string }[] = [
    { what: 'one that turns colours around', model: after('Neg'), says: 'in other colours' },
    { what: 'one that returns no numbers', model: after('Neg', 'Log'), says: 'numbers that are none' },
    { what: 'one that enlarges by 8', model: network({ scale: 8 as 4 }), says: 'becomes' },
    { what: 'one that enlarges to one side', model: after('Concat'), says: 'becomes' },
  ];
  test.each(cases)('$what', async ({ model, says }) => {
    const refused = probeModel('net.onnx', encodeModel(model), 1);
    await expect(refused).rejects.toMatchObject({ code: 'model.misbehaves' });
    await expect(refused).rejects.toThrow(says);
  });

  test('one that the runtime does not take', async () => {
    const model = network();
    model.graph.node[0]?.input.push('nowhere', 'nowhere', 'nowhere', 'nowhere');
    expect(await codeOf(probeModel('net.onnx', encodeModel(model), 1))).toBe('model.unusable');
  });
});

describe('the inspection runs in a process of its own', () => {
  test('and says what the file is', async () => {
    using folder = tempDir();
    const file = saved(folder.file('net.onnx'), encodeModel(network({ scale: 4 })));
    expect(await inspectModel(file, { script })).toMatchObject({ scale: 4, multiple: 1, overlap: 0 });
  });

  test('or why it can’t be used, by the name that the user gave it', async () => {
    using folder = tempDir();
    const file = saved(folder.file('part'), encodeModel(network()).subarray(0, 100));
    const refused = inspectModel(file, { script, name: 'mine.onnx' });
    await expect(refused).rejects.toMatchObject({ code: 'model.not-onnx', data: { file: 'mine.onnx' } });
  });

  test('or that it is too large, before a byte of it is read', async () => {
    using folder = tempDir();
    const file = saved(folder.file('net.onnx'), encodeModel(network()));
    // A hole in a file takes no room on the disk.
    truncateSync(file, 512 * 2 ** 20 + 1);
    expect(await codeOf(inspectModel(file, { script }))).toBe('model.too-large');
  });

  test('which is ended when it takes too long', async () => {
    using folder = tempDir();
    const file = saved(folder.file('net.onnx'), encodeModel(network()));
    await expect(inspectModel(file, { script, timeLimitMs: 1 })).rejects.toThrow('did not end within');
  });

  test('which is ended when it takes too much memory', async () => {
    using folder = tempDir();
    const file = saved(folder.file('net.onnx'), encodeModel(network({ kernel: 31 })));
    await expect(inspectModel(file, { script, memoryLimitBytes: 1e6 })).rejects.toThrow('more than 1 MB of memory');
  });

  test('which may crash', async () => {
    using folder = tempDir();
    const crashing = saved(folder.file('crash.mjs'), new TextEncoder().encode('process.abort();'));
    await expect(inspectModel('net.onnx', { script: crashing })).rejects.toThrow('makes the runtime crash');
  });

  test('which ends when nobody wants to know any more', async () => {
    using folder = tempDir();
    const file = saved(folder.file('net.onnx'), encodeModel(network()));
    const abort = new AbortController();
    const asked = inspectModel(file, { script, signal: abort.signal });
    abort.abort(new Error('never mind'));
    await expect(asked).rejects.toThrow('never mind');
  });
});

/** A 2x network with some operators behind it. */
function after(...operators: readonly string[]): OnnxModel {
  const model = network();
  const graph = new GraphBuilder();
  let value = graph.inline(model.graph, 'inner', { picture: 'picture' })('result');
  for (const operator of operators)
    value =
      operator === 'Concat'
        ? graph.node('Concat', [value, value], { attributes: { axis: 3 } })
        : graph.node(operator, [value]);
  graph.node('Identity', [value], { output: 'result' });
  return { ...model, graph: { ...graph.build(), input: model.graph.input, output: model.graph.output } };
}

function saved(path: string, bytes: Uint8Array): string {
  writeFileSync(path, bytes);
  return path;
}
