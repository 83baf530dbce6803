import type { ClipRecord, MediaRecord, SequenceRecord, Value } from './emulator/records.ts';
import type { Profile } from './emulator/profile.ts';

export interface Corner {
  x: number;
  y: number;
}

/**
 * Where the corners of a clip's picture lie in the frame of its sequence, in pixels: scaled and turned around the anchor
 * point, which lies at the position. One pixel of the picture is one of the frame at a scale of 100.
 */
export function cornersOf(
  clip: ClipRecord,
  { media, sequence, points }: { media: MediaRecord; sequence: SequenceRecord; points: Profile['points'] },
): Corner[] {
  const motion = clip.components.find(({ match }) => match === 'AE.ADBE Motion')?.parameters ?? [];
  const position = pixels(motion[0]?.value, sequence, points);
  const anchor = pixels(motion[5]?.value, media, points);
  const scale = Number(motion[1]?.value) / 100;
  const turn = (Number(motion[4]?.value) * Math.PI) / 180;
  return [
    [0, 0],
    [media.width, 0],
    [media.width, media.height],
    [0, media.height],
  ].map(([x = 0, y = 0]) => {
    const [right, down] = [(x - anchor.x) * scale, (y - anchor.y) * scale];
    return {
      x: position.x + right * Math.cos(turn) - down * Math.sin(turn),
      y: position.y + right * Math.sin(turn) + down * Math.cos(turn),
    };
  });
}

/** The farthest that two pictures' corners lie from each other, in pixels. */
export function drift(a: readonly Corner[], b: readonly Corner[]): number {
  return Math.max(...a.map((corner, i) => Math.hypot(corner.x - (b[i]?.x ?? NaN), corner.y - (b[i]?.y ?? NaN))));
}

function pixels(value: Value | undefined, size: { width: number; height: number }, points: Profile['points']): Corner {
  const point = typeof value === 'object' ? value : { x: Number.NaN, y: Number.NaN };
  return points === 'pixels' ? point : { x: point.x * size.width, y: point.y * size.height };
}
