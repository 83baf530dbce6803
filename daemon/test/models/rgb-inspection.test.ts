import { AppError } from '@uprez/shared';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../src/models/graph-builder.ts';
import { decodeModel, encodeModel, type OnnxAttribute, type OnnxModel } from '../../src/models/onnx.ts';
import { inspectGraph, readModel } from '../../src/models/rgb-inspection.ts';
import { theoreticalReach } from '../../src/models/rgb-reach.ts';
import { network } from '../support/rgb-networks.ts';

test('an RGB network is known by its graph', () => {
  expect(inspectGraph('net.onnx', network({ element: 'float16', opset: 17 }))).toEqual({
    names: { input: 'picture', output: 'result' },
    element: { input: 'float16', output: 'float16' },
    fixed: null,
    opset: 17,
    wholePicture: false,
  });
  expect(inspectGraph('net.onnx', network({ fixed: { width: 64, height: 48 } })).fixed).toEqual({
    width: 64,
    height: 48,
  });
  expect(inspectGraph('net.onnx', network({ global: 0.1 })).wholePicture).toBe(true);
});

test('how far a network can see is read off its operators', () => {
  expect(theoreticalReach(network({ kernel: 9 }).graph, 'picture')).toBe(4);
  expect(theoreticalReach(network({ kernel: 3, multiple: 4 }).graph, 'picture')).toBe(4);
  expect(theoreticalReach(network({ global: 0.1 }).graph, 'picture')).toBeNull();
});

describe('networks that are refused, and why', () => {
  const cases: { what: string; make: (model: OnnxModel) => void; code: string; says: string }[] = [
    { what: 'an old operator set', make: (m) => setOpset(m, 9), code: 'model.outdated', says: 'operator set 9' },
    { what: 'functions', make: (m) => (m.functions = [bytes()]), code: 'model.not-allowed', says: 'functions' },
    {
      what: 'an operator that reads files',
      make: addNode('ImageDecoder'),
      code: 'model.not-allowed',
      says: 'ImageDecoder',
    },
    { what: 'a random operator', make: addNode('RandomNormal'), code: 'model.not-allowed', says: 'RandomNormal' },
    { what: 'a loop', make: addNode('Loop'), code: 'model.not-allowed', says: 'Loop' },
    {
      what: 'a graph within an operator',
      make: addNode('Add', { name: 'body', type: 5, g: bytes() }),
      code: 'model.not-allowed',
      says: 'a graph within the operator Add',
    },
    {
      what: "an operator of somebody's own",
      make: (m) => m.graph.node.push({ op_type: 'Blur', domain: 'com.example', input: [], output: [] }),
      code: 'model.not-allowed',
      says: 'Blur of com.example',
    },
    {
      what: 'weights in another file',
      make: (m) => (first(m.graph.initializer).external_data = [bytes()]),
      code: 'model.not-allowed',
      says: 'another file',
    },
    {
      what: 'weights in another file, in a constant',
      make: addNode('Constant', { name: 'value', type: 4, t: { dims: [1], data_type: 1, data_location: 1 } }),
      code: 'model.not-allowed',
      says: 'another file',
    },
    {
      what: 'sparse weights',
      make: (m) => (m.graph.sparse_initializer = [bytes()]),
      code: 'model.not-allowed',
      says: 'sparse',
    },
    { what: 'luma alone', make: (m) => setDims(m, [1, 1, 0, 0]), code: 'model.luma-only', says: 'luma alone' },
    { what: 'four channels', make: (m) => setDims(m, [1, 4, 0, 0]), code: 'model.not-image', says: '1x4x?x?' },
    { what: 'several pictures', make: (m) => setDims(m, [8, 3, 0, 0]), code: 'model.not-image', says: '8x3x?x?' },
    { what: 'channels last', make: (m) => setDims(m, [1, 64, 64, 3]), code: 'model.not-image', says: '1x64x64x3' },
    { what: 'frames in a row', make: (m) => setDims(m, [1, 5, 3, 0, 0]), code: 'model.not-image', says: '1x5x3' },
    { what: 'one open side', make: (m) => setDims(m, [1, 3, 64, 0]), code: 'model.not-image', says: '1x3x64x?' },
    { what: 'a tiny size', make: (m) => setDims(m, [1, 3, 4, 4]), code: 'model.not-image', says: '1x3x4x4' },
    { what: 'bytes', make: (m) => setElement(m, 2), code: 'model.not-image', says: 'type 2' },
    {
      what: 'two inputs',
      make: (m) => m.graph.input.push({ name: 'more' }),
      code: 'model.not-image',
      says: '2 inputs',
    },
    { what: 'no output', make: (m) => (m.graph.output = []), code: 'model.not-image', says: '0 outputs' },
  ];
  test.each(cases)('$what', ({ make, code, says }) => {
    const model = network();
    make(model);
    const error = caught(() => inspectGraph('net.onnx', decodeModel(encodeModel(model))));
    expect(error.code).toBe(code);
    expect(error.message).toContain(says);
    expect(error.next).not.toBe('');
  });
});

describe('bytes that are no model', () => {
  test('other files and parts of files are refused', () => {
    const whole = encodeModel(network());
    const others = [new Uint8Array(), new TextEncoder().encode('not a model'), new Uint8Array(1000).fill(0xff)];
    const parts = Array.from({ length: 40 }, (_, i) => whole.subarray(0, Math.floor((whole.length * i) / 40)));
    for (const file of [...others, ...parts])
      expect(caught(() => readModel('net.onnx', file)).code).toBe('model.not-onnx');
  });

  test('a flipped bit never does more than change or refuse the model', () => {
    const whole = encodeModel(network());
    for (let bit = 0; bit < whole.length * 8; bit += 7) {
      const flipped = Uint8Array.from(whole);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const outcome = caught(() => inspectGraph('net.onnx', readModel('net.onnx', flipped)), 'allowed');
      expect(outcome).toBeInstanceOf(AppError);
    }
  });

  test('a small file that claims millions of parts is refused before they are made', () => {
    // A million empty nodes, and 5 million ones in a packed row of numbers.
    const nodes = message(7, Buffer.alloc(2_000_000, '0a00', 'hex'));
    const numbers = message(7, message(1, message(5, message(8, new Uint8Array(5_000_000).fill(1)))));
    for (const hostile of [nodes, numbers]) {
      const error = caught(() => readModel('net.onnx', hostile));
      expect(error.message).toContain('more parts than a network needs');
    }
  });
});

test('everything that a network needs survives being read and written', () => {
  const graph = new GraphBuilder();
  const tensor = { name: 't', dims: [2], data_type: 1 };
  const chunk = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const attributes: OnnxAttribute[] = [
    { name: 'value', type: 4, t: { ...tensor, float_data: [chunk] } },
    { name: 'tensors', type: 9, tensors: [{ ...tensor, data_type: 10, int32_data: [chunk, chunk] }] },
    { name: 'float', type: 1, f: 0.5 },
    { name: 'floats', type: 6, floats: [0.25, -1] },
    { name: 'ints', type: 7, ints: [-1, 2 ** 40] },
    { name: 'strings', type: 8, strings: [chunk] },
  ];
  graph.node('Constant', []);
  const built = graph.build();
  first(built.node).attribute = attributes;
  built.initializer.push(
    { ...tensor, data_type: 11, double_data: [chunk] },
    { ...tensor, data_type: 13, uint64_data: [chunk] },
    { ...tensor, data_type: 7, int64_data: [chunk] },
    { ...tensor, data_type: 10, raw_data: chunk },
  );
  const model: OnnxModel = {
    ir_version: 8,
    opset_import: [{ domain: '', version: 13 }],
    metadata_props: [{ key: 'licence', value: 'MIT' }],
    graph: built,
  };
  const read = decodeModel(encodeModel(model));
  expect(encodeModel(read)).toEqual(encodeModel(model));
  expect(read.metadata_props).toEqual(model.metadata_props);
  expect(first(read.graph.node).attribute).toMatchObject([
    { t: { dims: [2], data_type: 1 } },
    { tensors: [{ data_type: 10 }] },
    { f: 0.5 },
    { floats: [0.25, -1] },
    { ints: [-1, 2 ** 40] },
    { name: 'strings' },
  ]);
});

function bytes(): Uint8Array {
  return Uint8Array.of(8, 1);
}

function first<T>(values: readonly T[]): T {
  const [value] = values;
  if (value === undefined) throw new Error('nothing there');
  return value;
}

function addNode(op_type: string, attribute?: OnnxAttribute): (model: OnnxModel) => void {
  return ({ graph }) =>
    graph.node.push({ op_type, input: ['result'], output: ['more'], attribute: attribute ? [attribute] : [] });
}

function setOpset(model: OnnxModel, version: number): void {
  model.opset_import = [{ version }];
}

/** 0 stands for an open side. */
function setDims({ graph }: OnnxModel, dims: readonly number[]): void {
  const tensor = first(graph.input).type?.tensor_type;
  if (tensor) tensor.shape = { dim: dims.map((n) => (n === 0 ? { dim_param: 'n' } : { dim_value: n })) };
}

function setElement({ graph }: OnnxModel, element: number): void {
  const tensor = first(graph.input).type?.tensor_type;
  if (tensor) tensor.elem_type = element;
}

/** A length-delimited field of a protobuf message. */
function message(field: number, content: Uint8Array): Uint8Array {
  const length: number[] = [];
  for (let left = content.length; ; left = Math.floor(left / 128)) {
    length.push((left % 128) + (left >= 128 ? 128 : 0));
    if (left < 128) break;
  }
  const whole = new Uint8Array(1 + length.length + content.length);
  whole.set([field * 8 + 2, ...length]);
  whole.set(content, 1 + length.length);
  return whole;
}

/** The AppError that something ends with; anything else fails the test, and so does no error unless that is `allowed`. */
function caught(work: () => unknown, none: 'allowed' | 'wrong' = 'wrong'): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  if (none === 'allowed') return new AppError('model.unknown');
  throw new Error('nothing was refused');
}
