import { isLook, type Look, type LookId } from '@uprez/shared';
import { readCube } from './cube.ts';
import { logCurves, partOf, rec709To } from './curves.ts';
import { type Grade, type Line, noGrade } from './grade.ts';

/** Neutral chroma, and an 8-bit code, in 10-bit codes. */
const NEUTRAL = 512;
const CODE = 4;

/** `gain` around neutral, which goes to `neutral`. */
const aroundNeutral = (gain: number, neutral = NEUTRAL): Line => ({ gain, offset: neutral - gain * NEUTRAL });

/** The whole of each look. */
const grades: Record<LookId, Exclude<Grade, { kind: 'cube' }>> = {
  none: { kind: 'none' },
  // Contrast 0.9 around mid-grey, brightness 0.03 and saturation 0.85 as ffmpeg's documentation of `eq` says.
  flat: { kind: 'levels', luma: { gain: 0.9, offset: 20.4 * CODE }, chroma: aroundNeutral(0.85) },
  /**
   * What ffmpeg's `eq` made of the same numbers (libavfilter/vf_eq.c, while gamma is 1): in 8-bit codes and rounded down,
   * Y' = (3686 Y >> 12) + 17 and C' = (3481 C >> 12) + 19, so that neutral 128 becomes 127. A line that follows it: on
   * average the same luma, never half an 8-bit code off, and the same neutral.
   */
  'flat-classic': {
    kind: 'levels',
    luma: { gain: 3686 / 4096, offset: (17 - 0.5) * CODE },
    chroma: aroundNeutral(3481 / 4096, NEUTRAL - CODE),
  },
  slog3: { kind: 'curve', curve: rec709To(logCurves.slog3) },
  logc3: { kind: 'curve', curve: rec709To(logCurves.logc3) },
  clog3: { kind: 'curve', curve: rec709To(logCurves.clog3) },
  cineon: { kind: 'curve', curve: rec709To(logCurves.cineon) },
};

/** A named look at its strength. */
export function namedGrade({ id, strength }: { id: LookId; strength: number }): Grade {
  const grade = grades[id];
  if (grade.kind === 'none' || strength === 0) return noGrade;
  if (grade.kind === 'curve') return { kind: 'curve', curve: partOf(grade.curve, strength) };
  const part = ({ gain, offset }: Line): Line => ({ gain: 1 + strength * (gain - 1), offset: strength * offset });
  return { kind: 'levels', luma: part(grade.luma), chroma: part(grade.chroma) };
}

/** A look at its strength. Throws `input.*` and `look.bad-cube` where a file can't be read. */
export async function gradeOf(look: Look): Promise<Grade> {
  if (!isLook(look)) return noGrade;
  if ('id' in look) return namedGrade(look);
  return { kind: 'cube', cube: await readCube(look.file), strength: look.strength };
}
