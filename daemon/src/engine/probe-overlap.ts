import type { Size } from '@uprez/shared';
import type { RgbGraphFacts } from '../models/rgb-inspection.ts';
import type { RgbTraits } from '../models/rgb-traits.ts';
import { mixed, noise, type RgbPicture } from './probe-pictures.ts';
import type { ProbeSession } from './probe-session.ts';

/** A quarter of a 10-bit code, where white is 1: differences below never show. */
const THRESHOLD = 0.25 / 876;

/** Sides of the pictures that it is tried with: long across the line, short along it. */
const sides = { long: 256, short: 64 };

interface Looked {
  facts: RgbGraphFacts;
  multiple: number;
  scale: number;
  white: RgbTraits['white'];
}

/**
 * How far samples see: a picture of noise is changed beyond a line, on each side of it once and in both directions, and
 * the farthest sample of the result that differs by more than a quarter code tells. In input samples, rounded up to the
 * multiple. Null where the change is seen up to the edge of the picture.
 */
export async function findOverlap(trial: ProbeSession, looked: Looked): Promise<number | null> {
  const distances: number[] = [];
  for (const direction of ['across', 'down'] as const) {
    const size = pictureSize(direction, looked);
    const [one, other] = [noise(size, 1), noise(size, 2)];
    const line = Math.floor((direction === 'across' ? size.width : size.height) / 2);
    const before = await trial.run(one, looked.white.input);
    for (const beyond of [true, false]) {
      const changed = mixed(one, other, (x, y) => (direction === 'across' ? x : y) >= line === beyond);
      const after = await trial.run(changed, looked.white.input);
      const reach = reachOf({
        before,
        after,
        direction,
        beyond,
        line: line * looked.scale,
        white: looked.white.output,
      });
      if (reach >= (line - 2) * looked.scale) return null;
      distances.push(reach / looked.scale);
    }
  }
  return Math.ceil(Math.max(...distances) / looked.multiple) * looked.multiple;
}

function pictureSize(direction: 'across' | 'down', { facts: { fixed }, multiple }: Looked): Size {
  if (fixed) return fixed;
  const whole = (side: number): number => Math.ceil(side / multiple) * multiple;
  const [long, short] = [whole(sides.long), whole(sides.short)];
  return direction === 'across' ? { width: long, height: short } : { width: short, height: long };
}

/** Output samples before the line, on the side that was left alone, up to the farthest that differs. */
function reachOf(seen: {
  before: RgbPicture;
  after: RgbPicture;
  direction: 'across' | 'down';
  /** Was the far side of the line changed, or the near one? */
  beyond: boolean;
  line: number;
  white: number;
}): number {
  const { before, after, direction, beyond, line, white } = seen;
  const { width, height } = before;
  let reach = 0;
  for (const [i, value] of before.values.entries()) {
    if (Math.abs(value - (after.values[i] ?? 0)) <= THRESHOLD * white) continue;
    const at = direction === 'across' ? i % width : Math.floor(i / width) % height;
    reach = Math.max(reach, beyond ? line - at : at - line + 1);
  }
  return reach;
}
