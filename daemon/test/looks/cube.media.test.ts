import { writeFile } from 'node:fs/promises';
import { describe, expect, it, test } from 'vitest';
import { type Cube, cubeText, readCube } from '../../src/looks/cube.ts';
import { lutText, writeLut } from '../../src/looks/lut-file.ts';
import { tempDir } from '../support/temp-dir.ts';

async function read(text: string): Promise<Cube> {
  using folder = tempDir();
  await writeFile(folder.file('look.cube'), text);
  return await readCube(folder.file('look.cube'));
}

const identity = 'LUT_3D_SIZE 2\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n';

describe('a .cube file', () => {
  it('is read with title, remarks, domain and any line ends', async () => {
    const text = `\uFEFF# by hand\r\nTITLE "x"\r\nDOMAIN_MIN -1 0 0\r\n${identity.replaceAll('\n', '\r\n')}`;
    const cube = await read(text);
    expect(cube).toMatchObject({ kind: '3d', size: 2, domain: { min: [-1, 0, 0], max: [1, 1, 1] } });
    expect([...cube.values.subarray(0, 6)]).toEqual([0, 0, 0, 1, 0, 0]);
  });

  it('may be a curve for each channel, over a range as Resolve writes it', async () => {
    const cube = await read('LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0 2\n0 .5 1e-1\n1 1 1\n');
    expect(cube).toMatchObject({ kind: '1d', size: 2, domain: { min: [0, 0, 0], max: [2, 2, 2] } });
    expect([...cube.values.subarray(0, 3)]).toEqual([0, 0.5, Math.fround(0.1)]);
  });

  it('comes back as it was written', async () => {
    const cube = await read(identity);
    expect(await read(cubeText(cube, 'again', ['a remark']))).toEqual(cube);
  });

  test.each([
    ['0 0 0\n', 1, 'the table begins before'],
    ['LUT_3D_SIZE 1\n', 1, 'LUT_3D_SIZE is 1'],
    ['LUT_3D_SIZE 2.5\n', 1, 'LUT_3D_SIZE is 2.5'],
    ['LUT_1D_SIZE 2\nLUT_3D_SIZE 2\n', 2, 'a second size'],
    ['LUT_1D_SIZE 2\n0 0\n', 2, '3 numbers are wanted here, and 2 are there'],
    ['LUT_1D_SIZE 2\n0 0 0\n0 0 1,0\n', 3, '“1,0” is not a number'],
    ['LUT_1D_SIZE 2\n0 0 0\nDOMAIN_MIN 0 0 0\n', 3, '“DOMAIN_MIN” stands within the table'],
    ['LUT_1D_SIZE 2\n0 0 0\n', 3, 'the table ends after 1 of 2 rows'],
    ['LUT_1D_SIZE 2\n0 0 0\n1 1 1\n1 1 1\n', 4, 'the table has more than its 2 rows'],
    ['LUT_1D_SIZE 2\nDOMAIN_MIN 1 0 0\n0 0 0\n1 1 1\n', 5, 'DOMAIN_MIN is not below DOMAIN_MAX'],
    ['{ "cube": 1 }\n', 1, '“{” is no keyword of .cube files'],
    ['# nothing\n', 2, 'there is no LUT_1D_SIZE or LUT_3D_SIZE'],
  ])('%j is refused with its line and the reason', async (text, line, why) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'look.bad-cube',
      data: { file: 'look.cube', line, why: expect.stringContaining(why) as string },
    });
  });
});

describe('the inverse as a file', () => {
  it('is written once, and beside what says something else', async () => {
    using folder = tempDir();
    const wanted = folder.file('flat.cube');
    const text = lutText({ id: 'flat', strength: 1 }, { matrix: '709', direction: 'undo' });
    expect(await writeLut(wanted, text)).toBe(wanted);
    expect(await writeLut(wanted, text)).toBe(wanted);
    expect(await writeLut(wanted, '# another\n')).toBe(wanted.replace('.cube', ' (2).cube'));
  });

  test.each([{ id: 'none', strength: 1 } as const, { file: '/x.cube', strength: 1 }])('%o has none', (look) => {
    expect(() => lutText(look, { matrix: '709', direction: 'undo' })).toThrow('no LUT that takes');
  });
});
