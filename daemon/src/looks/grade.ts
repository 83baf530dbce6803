import type { Cube } from './cube.ts';
import type { Curve } from './curves.ts';

/** A straight line through 10-bit limited-range codes: `gain * code + offset`. */
export interface Line {
  gain: number;
  offset: number;
}

/** What a look does to a picture, in the form in which it is computed. */
export type Grade =
  /** Nothing. */
  | { kind: 'none' }
  /** Lines through luma and both chroma planes, which work without a detour over R'G'B'. */
  | { kind: 'levels'; luma: Line; chroma: Line }
  /** The same curve through the signals R', G' and B', where 0 is black (code 64 of 10 bits) and 1 is white (940). */
  | { kind: 'curve'; curve: Curve }
  /** A table over R', G' and B', mixed with the picture itself. */
  | { kind: 'cube'; cube: Cube; strength: number };

export const noGrade: Grade = { kind: 'none' };
