import type { YuvMatrix } from '@uprez/shared';
import type { Cube, Rgb } from './cube.ts';
import type { Grade, Line } from './grade.ts';

/** Weights of red and blue in luma: ITU-R BT.601-7 section 2.5.1, BT.709-6 item 3.2, BT.2020-2 table 4. */
export const lumaWeights: Record<YuvMatrix, { red: number; blue: number }> = {
  '601': { red: 0.299, blue: 0.114 },
  '709': { red: 0.2126, blue: 0.0722 },
  '2020': { red: 0.2627, blue: 0.0593 },
};

/** Points along each axis. With 65 no log curve here is half a 10-bit code off in between; with 33 it would be two. */
const SIZE = 65;

/** A look as a table of signals as editors hand them to a LUT, and the table that takes it back. */
export function lookCube(grade: Grade, matrix: YuvMatrix, direction: 'apply' | 'undo'): Cube {
  const map = mapOf(grade, matrix, direction);
  const values = new Float32Array(SIZE ** 3 * 3);
  for (let i = 0; i < SIZE ** 3; i++) {
    const at = [i % SIZE, Math.floor(i / SIZE) % SIZE, Math.floor(i / SIZE ** 2)];
    const [red = 0, green = 0, blue = 0] = at.map((point) => point / (SIZE - 1));
    values.set(map([red, green, blue]), i * 3);
  }
  return { kind: '3d', size: SIZE, domain: { min: [0, 0, 0], max: [1, 1, 1] }, values };
}

/** What a look makes of a signal, or what the look was applied to. Tables of the user's own have neither. */
export function mapOf(grade: Grade, matrix: YuvMatrix, direction: 'apply' | 'undo'): (rgb: Rgb) => Rgb {
  switch (grade.kind) {
    case 'none':
      return (rgb) => rgb;
    case 'levels': {
      const [luma, chroma] = [grade.luma, grade.chroma].map((line) => (direction === 'apply' ? line : undone(line)));
      return (rgb) => onLines(rgb, matrix, { luma: luma ?? grade.luma, chroma: chroma ?? grade.chroma });
    }
    case 'curve': {
      const { encode, decode } = grade.curve;
      const map = direction === 'apply' ? encode : decode;
      return ([red, green, blue]) => [map(red), map(green), map(blue)];
    }
    case 'cube':
      throw new Error('a table of the user’s own');
  }
}

function undone({ gain, offset }: Line): Line {
  return { gain: 1 / gain, offset: -offset / gain };
}

/** By Y'CbCr in 10-bit codes: ITU-R BT.2100 table 9. */
function onLines([red, green, blue]: Rgb, matrix: YuvMatrix, { luma, chroma }: { luma: Line; chroma: Line }): Rgb {
  const weights = lumaWeights[matrix];
  const greens = 1 - weights.red - weights.blue;
  const y = weights.red * red + greens * green + weights.blue * blue;
  const cb = line(chroma, 512 + (448 * (blue - y)) / (1 - weights.blue));
  const cr = line(chroma, 512 + (448 * (red - y)) / (1 - weights.red));
  const light = (line(luma, 64 + 876 * y) - 64) / 876;
  const [newBlue, newRed] = [
    light + ((cb - 512) / 448) * (1 - weights.blue),
    light + ((cr - 512) / 448) * (1 - weights.red),
  ];
  return [newRed, (light - weights.red * newRed - weights.blue * newBlue) / greens, newBlue];
}

function line({ gain, offset }: Line, code: number): number {
  return gain * code + offset;
}
