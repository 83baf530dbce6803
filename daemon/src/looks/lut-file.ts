import { readFile, writeFile } from 'node:fs/promises';
import { AppError, isLook, type Look, looks, type YuvMatrix } from '@uprez/shared';
import { cubeText } from './cube.ts';
import { namedGrade } from './looks.ts';
import { lookCube } from './lut.ts';

export interface LutOptions {
  /** Of the clips that the look is or was applied to: saturation weighs colours by it. */
  matrix: YuvMatrix;
  /** The look itself, or what takes it back to Rec. 709. */
  direction: 'apply' | 'undo';
}

/** A look as the text of a .cube file. Throws `look.no-inverse` for what has none: no look, and tables of the user's own. */
export function lutText(look: Look, { matrix, direction }: LutOptions): string {
  checkInverse(look);
  const { name } = looks[look.id];
  const part = look.strength === 1 ? name : `${name} at ${look.strength}`;
  const title = direction === 'apply' ? `Rec. 709 to ${part}` : `${part} to Rec. 709`;
  return cubeText(lookCube(namedGrade(look), matrix, direction), title, [
    `Made by Uprez, for clips with the matrix of BT.${matrix}.`,
    'Signals as editors hand them to a LUT: 0 is black (code 64 of 10 bits), 1 is white (code 940).',
  ]);
}

/** Throws `look.no-inverse`. */
export function checkInverse(look: Look): asserts look is Extract<Look, { id: unknown }> {
  if ('id' in look && isLook(look)) return;
  throw new AppError('look.no-inverse', { look: 'id' in look ? '“none”' : 'a .cube file' });
}

/** Writes a text beside other files and never over one, unless that one says the same. Returns the path. */
export async function writeLut(wanted: string, text: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = number === 1 ? wanted : wanted.replace(/\.cube$/, ` (${number}).cube`);
    const taken = await writeFile(path, text, { flag: 'wx' }).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return true;
        throw error;
      },
    );
    if (!taken || (await readFile(path, 'utf8')) === text) return path;
  }
}
