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
  | { kind: 'levels'; luma: Line; chroma: Line };

export const noGrade: Grade = { kind: 'none' };
