import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { toOnnx } from '../../src/models/networks/convert.ts';
import { enlarge, farthest, type Picture } from '../support/onnx-run.ts';

const checkpoints = fileURLToPath(new URL('./checkpoints/', import.meta.url));

interface Stored {
  dims: number[];
  floats: string;
}

const cases = JSON.parse(readFileSync(`${checkpoints}expected.json`, 'utf8')) as Record<
  string,
  { picture: Stored; expected: Stored }
>;

const pictureOf = ({ dims, floats }: Stored): Picture => ({
  dims,
  values: new Float32Array(new Uint8Array(Buffer.from(floats, 'base64')).buffer),
});

describe('a checkpoint becomes an ONNX file that computes what PyTorch computes', () => {
  it.each([
    ['compact-2x', 'pytorch-compact'],
    ['compact-4x', 'pytorch-compact'],
    ['rrdb-4x', 'pytorch-rrdb'],
    ['rrdb-2x', 'pytorch-rrdb'],
  ] as const)('%s', async (name, format) => {
    const { picture, expected } = cases[name]!;
    const model = toOnnx(readFileSync(`${checkpoints}${name}.pth`), format, { licence: 'MIT' });
    const enlarged = await enlarge(model, pictureOf(picture));
    // The order of additions differs between the two runtimes: some last bits of values around 1.
    expect(farthest(enlarged, pictureOf(expected))).toBeLessThan(2e-6);
  });

  it('but weights of another network are refused by name', () => {
    const compact = readFileSync(`${checkpoints}compact-2x.pth`);
    expect(() => toOnnx(compact, 'pytorch-rrdb', {})).toThrow('there are no weights conv_first.weight');
    const rrdb = readFileSync(`${checkpoints}rrdb-4x.pth`);
    expect(() => toOnnx(rrdb, 'pytorch-compact', {})).toThrow('there are no weights body.0.weight');
  });
});
