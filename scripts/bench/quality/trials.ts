import { encodedClip } from './h264.ts';
import { type Original, originalOf, type OriginalOptions, type Picture } from './originals.ts';
import { ramps } from './ramps.ts';

/** A clip to enlarge and the numbers of the frames that are looked at, in order. */
export interface TrialClip {
  path: string;
  frames: readonly number[];
}

/** Clips of one kind and what their frames are compared with. */
export type Trial =
  | { kind: 'pan' | 'soft'; clips: TrialClip[]; wanted: Uint8Array[][] }
  | { kind: 'ramp'; clips: TrialClip[]; truths: Float64Array[] }
  | { kind: 'still'; clips: TrialClip[] };

export interface Course {
  ffmpeg: string;
  folder: string;
  pictures: readonly Picture[];
  /** Rate factors of libx264. */
  crfs: readonly number[];
  /** Frames of a clip. */
  frames: number;
  /** Fewer of them are looked at: for networks that take seconds a frame. All methods get the same ones. */
  sparse: boolean;
}

export const RAMP_CRFS = [18, 23] as const;
export const SOFTENED_BY = [2, 3] as const;

/** Everything that every method has to do. */
export async function makeTrials(course: Course): Promise<Trial[]> {
  const making = [await pans(course), await softOriginals(course), await gradients(course), await stills(course)];
  return making.flat();
}

/** Panned pictures, at each rate factor. */
async function pans(course: Course): Promise<Trial[]> {
  const originals = await originalsOf(course, { frames: course.frames, moving: true });
  const frames = numbers(course.frames).filter((i) => !course.sparse || i % 3 === 0);
  const wanted = originals.map(({ luma }) => luma.filter((_, i) => frames.includes(i)));
  return each(course.crfs, async (crf) => ({
    kind: 'pan',
    clips: await encodedClips(course, originals, { kind: 'pan', crf, frames }),
    wanted,
  }));
}

/** Originals without fine detail, at the first rate factor. */
async function softOriginals(course: Course): Promise<Trial[]> {
  return each(SOFTENED_BY, async (softenedBy) => {
    const originals = await originalsOf(course, { frames: 2, moving: false, softenedBy });
    const encoding = { kind: `soft${softenedBy}`, crf: course.crfs[0] ?? 18, frames: [0] };
    return {
      kind: 'soft',
      clips: await encodedClips(course, originals, encoding),
      wanted: originals.map(({ luma }) => luma.slice(0, 1)),
    };
  });
}

/** Slow ramps, the first of two equal frames. */
async function gradients(course: Course): Promise<Trial[]> {
  const all = ramps();
  const originals = all.map(({ small }, i) => ({ name: String(i), luma: [], small: [small, small] }));
  return each(RAMP_CRFS, async (crf) => ({
    kind: 'ramp',
    clips: await encodedClips(course, originals, { kind: 'ramp', crf, frames: [0] }),
    truths: all.map(({ truth }) => truth),
  }));
}

/** Still shots without their first frame, which is a key frame, at each rate factor. */
async function stills(course: Course): Promise<Trial[]> {
  const originals = await originalsOf(course, { frames: course.frames, moving: false });
  const frames = numbers(course.frames).slice(1, course.sparse ? 3 : undefined);
  return each(course.crfs, async (crf) => ({
    kind: 'still',
    clips: await encodedClips(course, originals, { kind: 'still', crf, frames }),
  }));
}

function originalsOf({ ffmpeg, pictures }: Course, options: OriginalOptions): Promise<Original[]> {
  return each(pictures, (picture, number) => originalOf(ffmpeg, { picture, number }, options));
}

function encodedClips(
  course: Course,
  originals: readonly Original[],
  { kind, crf, frames }: { kind: string; crf: number; frames: readonly number[] },
): Promise<TrialClip[]> {
  return each(originals, async ({ name, small }) => ({
    path: await encodedClip(course, small, { name: `${kind}-${name}`, crf }),
    frames,
  }));
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** One after the other. */
async function each<From, To>(list: readonly From[], work: (item: From, index: number) => Promise<To>): Promise<To[]> {
  const results: To[] = [];
  for (const [index, item] of list.entries()) results.push(await work(item, index));
  return results;
}
