import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compactGraph } from '../../src/models/networks/compact.ts';
import { toOnnx } from '../../src/models/networks/convert.ts';
import { pixelOrder } from '../../src/models/networks/drawing.ts';
import { upconv7Layers } from '../../src/models/networks/upconv7.ts';
import { decodeModel, encodeModel, type OnnxGraph } from '../../src/models/onnx.ts';
import { type NcnnLayer, readNcnn } from '../../src/models/weights/ncnn.ts';
import { Tensors } from '../../src/models/weights/tensors.ts';
import { enlarge, farthest, type Picture } from '../support/onnx-run.ts';

/** A folder with published networks that were converted by other means; the tests are skipped without it. */
const folder = process.env['UPREZ_TEST_MODELS'] ?? '';

const picture: Picture = {
  dims: [1, 3, 13, 18],
  values: Float32Array.from({ length: 3 * 13 * 18 }, (_, i) => ((i * 7919) % 256) / 255),
};

describe.skipIf(!existsSync(folder))('published weights, rebuilt from an independent conversion', () => {
  it.each([
    ['scale', '25a2bb25b29e43e63179aac216cd87690791243a436328506d4ef9fca88ee962'],
    ['noise0', 'fbfc8d57e4333748c9c6db2ec4d5454c98cd1c6aa53289f2989c3bdb4e84b673'],
    ['noise1', '9f8ce2c4df1ed862a7441e3b49ad965b8e34aaa6d87c1cad52a1768210fdfee6'],
    ['noise2', '432ca8f62ffc4873794a399ded70b17af23aa870b25e5ddba76f029b7ce14c2b'],
    ['noise3', 'a24379eb4e954005da1804223f428e67340e3f0037e4f7b9f568f0d0f20e9f20'],
  ])('upconv_7 %s: the same file as published, and the same picture to the last bit', async (name, sha256) => {
    const theirs = readFileSync(join(folder, `waifu2x-upconv7-photo-${name}.onnx`));
    const published = upconv7File(decodeModel(theirs).graph);
    expect(createHash('sha256').update(published).digest('hex')).toBe(sha256);
    const ours = await enlarge(toOnnx(published, 'ncnn-upconv7', {}), picture);
    expect(ours.dims).toEqual([1, 3, 26, 36]);
    expect(farthest(ours, await enlarge(theirs, picture))).toBe(0);
  });

  it.each([
    ['realesr-animevideov3-x4', 16, '548a36f9c3f4ab8da56cd3b13badf23968bee207b396dad14d04b830e5f2ab2d'],
    ['realesr-general-x4v3', 32, '85ee266b632a765a725425ba6a5620c088c8aa2939a03063b2d83b3462724cc1'],
  ])('%s: the same file as published, and the same picture to the last bit', async (name, inner, sha256) => {
    const theirs = readFileSync(join(folder, `${name}.onnx`));
    const published = compactFile(decodeModel(theirs).graph);
    expect(createHash('sha256').update(published).digest('hex')).toBe(sha256);
    const graph = compactGraph(new Tensors(readNcnn(published, compactLayers(inner))));
    const model = { ir_version: 7, opset_import: [{ domain: '', version: 13 }], graph };
    const ours = await enlarge(encodeModel(model), picture);
    expect(ours.dims).toEqual([1, 3, 52, 72]);
    expect(farthest(ours, await enlarge(theirs, picture))).toBe(0);
  });
});

/** Layers of SRVGGNetCompact with 64 channels and 4x, under the names that PyTorch gives them. */
function compactLayers(inner: number): NcnnLayer[] {
  const convolution = (index: number, outputs: number, inputs: number): NcnnLayer => ({
    name: `body.${index}`,
    kind: 'convolution',
    dims: [outputs, inputs, 3, 3],
  });
  const layers: NcnnLayer[] = [convolution(0, 64, 3), { name: 'body.1', kind: 'slopes', count: 64 }];
  for (let i = 1; i <= inner; i++)
    layers.push(convolution(2 * i, 64, 64), { name: `body.${2 * i + 1}`, kind: 'slopes', count: 64 });
  return [...layers, convolution(2 * inner + 2, 48, 64)];
}

function upconv7File(graph: OnnxGraph): Uint8Array {
  const last = upconv7Layers.length;
  const parts = upconv7Layers.flatMap((_, i) => {
    const [weight, bias] = [floats(graph, `conv${i + 1}_layer.weight`), floats(graph, `conv${i + 1}_layer.bias`)];
    return i + 1 < last ? convolutionBytes(weight, bias) : convolutionBytes(deconvolution(weight), bias.subarray(0, 3));
  });
  return Buffer.concat(parts);
}

/** [3, 256, 4, 4] from the equal convolution [12, 256, 3, 3]; tap (p, q) serves result (p + 1) % 2 and (q + 1) % 2. */
function deconvolution(weight: Float32Array): Float32Array {
  return Float32Array.from({ length: 3 * 256 * 16 }, (_, i) => {
    const [p, q] = [Math.floor(i / 4) % 4, i % 4];
    const [input, colour] = [Math.floor(i / 16) % 256, Math.floor(i / 4096)];
    const [a, b] = [(p + 1) % 2, (q + 1) % 2];
    const [row, column] = [(a + 3 - p) / 2, (b + 3 - q) / 2];
    return weight[(((a * 2 + b) * 3 + colour) * 256 + input) * 9 + row * 3 + column] ?? Number.NaN;
  });
}

function compactFile(graph: OnnxGraph): Uint8Array {
  const convolutions = graph.node.filter(({ op_type }) => op_type === 'Conv');
  const slopes = graph.node.filter(({ op_type }) => op_type === 'PRelu');
  const parts = convolutions.flatMap(({ input: [, weight = '', bias = ''] }, i) => {
    const slope = slopes[i];
    if (slope)
      return [...convolutionBytes(floats(graph, weight), floats(graph, bias)), raw(floats(graph, slope.input[1]!))];
    return convolutionBytes(colourByColour(floats(graph, weight), 64 * 9), colourByColour(floats(graph, bias), 1));
  });
  return Buffer.concat(parts);
}

/** Outputs in the order of PyTorch's pixel shuffle. */
function colourByColour(values: Float32Array, size: number): Float32Array {
  const moved = new Float32Array(values.length);
  for (const [from, to] of pixelOrder(4, 3).entries())
    moved.set(values.subarray(from * size, (from + 1) * size), to * size);
  return moved;
}

function floats(graph: OnnxGraph, name: string): Float32Array {
  const bytes = graph.initializer.find((tensor) => tensor.name === name)?.raw_data;
  if (!bytes) throw new Error(`no weights ${name}`);
  return new Float32Array(new Uint8Array(bytes).buffer);
}

function convolutionBytes(weight: Float32Array, bias: Float32Array): Uint8Array[] {
  const halves = new Uint16Array(Math.ceil(weight.length / 2) * 2);
  for (const [i, value] of weight.entries()) halves[i] = narrow(value);
  return [new Uint8Array(Uint32Array.of(0x01306b47).buffer), new Uint8Array(halves.buffer), raw(bias)];
}

function raw(values: Float32Array): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** Single to half precision for values that a half holds exactly, which is what published halves are. */
function narrow(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size < 2 ** -14) return sign + size * 2 ** 24;
  const exponent = Math.floor(Math.log2(size));
  return sign + ((exponent + 15) << 10) + (size / 2 ** exponent - 1) * 1024;
}
