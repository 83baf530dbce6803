import { readFileSync } from 'node:fs';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../src/models/weights/checkpoint.ts';
import { readNcnn } from '../../src/models/weights/ncnn.ts';
import { unpickle } from '../../src/models/weights/pickle.ts';
import { widenHalf } from '../../src/models/weights/tensors.ts';

const genuine = new Uint8Array(readFileSync(new URL('./checkpoints/compact-2x.pth', import.meta.url)));

/** The genuine checkpoint with files changed or (undefined) left out. */
function changed(change: (files: Record<string, Uint8Array>) => void): Uint8Array {
  const files = unzipSync(genuine);
  change(files);
  return zipSync(files, { level: 0 });
}

const nowhere = {
  global: (name: string) => name,
  call: () => {
    throw new Error('called');
  },
  persistent: () => null,
};

const pickle = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from([0x80, 2, ...parts.flatMap((part) => (typeof part === 'string' ? [...strToU8(part)] : part))]);

describe('a PyTorch checkpoint', () => {
  it('gives its tensors by name, in their shape', () => {
    const weights = readCheckpoint(genuine);
    expect([...weights.keys()].slice(0, 3)).toEqual(['body.0.weight', 'body.0.bias', 'body.1.weight']);
    expect(weights.get('body.0.weight')?.dims).toEqual([4, 3, 3, 3]);
    expect(weights.get('body.0.weight')?.values).toHaveLength(108);
  });

  it.each([
    ['no archive', () => strToU8('weights'), 'invalid zip data'],
    ['an archive of something else', () => zipSync({ 'a.txt': strToU8('a') }), 'the archive is no PyTorch checkpoint'],
    [
      'a file of numbers missing',
      () => changed((files) => delete files['compact-2x/data/3']),
      'the numbers of a tensor are missing',
    ],
    [
      'numbers cut off',
      () => changed((files) => (files['compact-2x/data/0'] = new Uint8Array(100))),
      'the numbers of a tensor are cut off',
    ],
    [
      'numbers of another byte order',
      () => changed((files) => (files['compact-2x/byteorder'] = strToU8('big'))),
      'the numbers are stored big-endian',
    ],
    [
      'a pickle cut off',
      () => changed((files) => (files['compact-2x/data.pkl'] = files['compact-2x/data.pkl']!.subarray(0, 200))),
      'the pickle is cut off',
    ],
    [
      'a program instead of tensors',
      () =>
        changed(
          (files) => (files['compact-2x/data.pkl'] = pickle('cos\nsystem\n', 'X', [4, 0, 0, 0], 'exit', [0x85], 'R.')),
        ),
      "the pickle wants os.system, which weights don't need",
    ],
  ])('with %s is refused', (_, bytes, why) => {
    expect(() => readCheckpoint(bytes())).toThrow(why);
  });
});

describe('a pickle', () => {
  it('may be made of dictionaries, tuples, numbers and text', () => {
    const value = unpickle(
      pickle('}(X', [1, 0, 0, 0], 'a', 'K', [7], 'X', [1, 0, 0, 0], 'b', 'M', [1, 2], 'N', [0x86], 'u.'),
      nowhere,
    );
    expect(value).toEqual(
      new Map<string, unknown>([
        ['a', 7],
        ['b', [513, null]],
      ]),
    );
  });

  it.each([
    ['build objects', pickle('cos\nsystem\n)', [0x81], '.'), 'operation 0x81'],
    [
      'import by position on the stack',
      pickle('X', [2, 0, 0, 0], 'os', 'X', [6, 0, 0, 0], 'system', [0x93], '.'),
      'operation 0x93',
    ],
    ['give attributes to what it likes', pickle('K', [1], '}b.'), 'gives state to something else'],
    ['recall what it never kept', pickle('h', [9], '.'), 'refers to nothing'],
    ['fill something else than a dictionary', pickle(')(K', [1], 'K', [2], 'u.'), 'no dictionary to fill'],
    ['take from an empty stack', pickle('.'), 'a value is missing'],
    ['be of another protocol', Uint8Array.of(0x80, 4, 0x4e, 0x2e), 'pickle protocol 4'],
  ])('may not %s', (_, bytes, why) => {
    expect(() => unpickle(bytes, nowhere)).toThrow(why);
  });
});

describe('an ncnn weights file', () => {
  const layers = [
    { name: 'a', kind: 'convolution', dims: [1, 1, 1, 3] },
    { name: 'b', kind: 'slopes', count: 1 },
  ] as const;
  const flag = [0x47, 0x6b, 0x30, 0x01];
  const [weights, bias, slope] = [
    [0, 0x3c, 0, 0xc0, 1, 0, 0, 0],
    [0, 0, 0, 0x40],
    [0, 0, 0x80, 0x3e],
  ];

  it('holds halves padded to four bytes, then single precision', () => {
    const read = readNcnn(Buffer.from([...flag, ...weights, ...bias, ...slope]), layers);
    expect(read.get('a.weight')).toEqual({ dims: [1, 1, 1, 3], values: Float32Array.of(1, -2, 2 ** -24) });
    expect(read.get('a.bias')).toEqual({ dims: [1], values: Float32Array.of(2) });
    expect(read.get('b.weight')).toEqual({ dims: [1], values: Float32Array.of(0.25) });
  });

  it.each([
    ['shorter', [...flag, ...weights, ...bias], 'the weights are cut off'],
    ['longer', [...flag, ...weights, ...bias, ...slope, 0], '1 bytes are left'],
    ['in another precision', [0, 0, 0, 0, ...weights, ...bias, ...slope], 'not in half precision'],
  ])('that is %s than its layers need is refused', (_, bytes, why) => {
    expect(() => readNcnn(Uint8Array.from(bytes), layers)).toThrow(why);
  });
});

describe('half precision', () => {
  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x03ff, 1023 * 2 ** -24],
    [0x3555, 0.333251953125],
    [0x7c00, Infinity],
  ])('%i is %d', (bits, value) => expect(widenHalf(bits)).toBe(value));
});
